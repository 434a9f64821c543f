import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { inSnapshot } from "../postgres/database/in-transaction.ts";
import { withPool } from "../postgres/database/pool.ts";
import { type StoredSample, storedSamples } from "../postgres/reading/stored-samples.ts";
import { Arguments, scopeOptions } from "./arguments.ts";
import { requireSeries } from "./require-series.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run samples -- --project NAME [--site S] [--metric M] [--resource R] --from T --until T

Prints what is stored of a project between the two instants (RFC 3339, both inclusive) as CSV, each value
with every digit that was sent. npm run --silent leaves out what npm itself prints.`;

const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };

/** `npm run samples`: stored samples for people who would have looked at them with psql. */
await runCommand(async () => {
  const args = new Arguments(usage, [...scopeOptions, "from", "until"], [], process.argv.slice(2));
  const projectName = args.required("project");
  const scope = args.scope();
  const range = { fromMs: args.instant("from"), untilMs: args.instant("until") };
  if (range.fromMs > range.untilMs) throw args.wrong("--from must not be later than --until");
  const { database } = loadConfig({ database: readDatabase });
  await withPool(database, limits, async (pool) => {
    await requireSeries(pool, scope);
    await inSnapshot(pool, (client) =>
      print(toCsv(projectName, storedSamples(client, projectName, scope, range))),
    );
  });
});

/** As fast as it is read: a page waits until the one before it is gone. */
async function print(pages: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(pages, { highWaterMark: 1 }), process.stdout, { end: false });
  } catch (error) {
    // The reader has seen enough, as `head` does.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

async function* toCsv(
  projectName: string,
  pages: AsyncIterable<readonly StoredSample[]>,
): AsyncGenerator<string> {
  yield "project,site,resource,metric,time,value\n";
  const project = quoted(projectName);
  for await (const page of pages) {
    const lines = page.map(({ site, resource, metric, timeMs, value }) =>
      [
        project,
        ...[site, resource, metric].map(quoted),
        new Date(timeMs).toISOString(),
        value,
      ].join(),
    );
    if (lines.length > 0) yield `${lines.join("\n")}\n`;
  }
}

/** As RFC 4180 has it. */
function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
