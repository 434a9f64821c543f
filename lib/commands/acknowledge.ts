import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { type Pool, withPool } from "../postgres/database/pool.ts";
import {
  type AcknowledgedRow,
  type AcknowledgeOrder,
  insertAcknowledgements,
} from "../postgres/notices/queries/insert-acknowledgements.ts";
import { selectSilentCount } from "../postgres/notices/queries/select-silent-count.ts";
import { updateDoubtsAcknowledged } from "../postgres/notices/queries/update-doubts-acknowledged.ts";
import { printable } from "../printable.ts";
import { readSilenceAfterMs } from "../settings/notices.ts";
import { doubtKinds } from "../usecases/notices/notice.ts";
import { Arguments, scopeOptions } from "./arguments.ts";
import { requireSeries } from "./require-series.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run acknowledge -- (--project NAME | --site S) [--metric M] [--resource R]
         [--kind ${["silent", ...doubtKinds].join(" | ")}] --actor A --reason TEXT

What an operator has looked at is not told again, until it begins anew. Of kind silent, which is the
default, the silent series of the scope have ended for good: they cause no more notices, unless they report
again; a series is silent when it has not reported for SILENCE_AFTER of the environment, by default 1h. Of
another kind, the series of the scope that the last notices named. Where none is, the exit code is 1.`;

const limits = { connectionsMax: 1, statementTimeoutMs: 60_000 };

/** `npm run acknowledge`: no notices of series that have ended for good. */
await runCommand(async () => {
  const texts = [...scopeOptions, "kind", "actor", "reason"];
  const args = new Arguments(usage, texts, [], process.argv.slice(2));
  const scope = args.scope();
  const kind = args.text("kind") ?? "silent";
  if (kind !== "silent" && !doubtKinds.some((known) => known === kind)) {
    throw args.wrong(`--kind must be one of ${["silent", ...doubtKinds].join(", ")}`);
  }
  const by = { actor: args.required("actor"), reason: args.required("reason") };
  const config = loadConfig({ database: readDatabase, silenceAfterMs: readSilenceAfterMs });
  await withPool(config.database, limits, async (pool) => {
    await requireSeries(pool, scope);
    if (kind !== "silent") {
      const rows = await updateDoubtsAcknowledged(pool, { ...scope, ...by, kind });
      print(rows);
      if (rows.length === 0) throw new Error(`no notice of kind ${kind} names any of them`);
      console.log(`acknowledged ${rows.length} series (${kind})`);
      return;
    }
    await acknowledgeSilent(pool, { ...scope, ...by }, config.silenceAfterMs);
  });
});

async function acknowledgeSilent(
  pool: Pool,
  order: Omit<AcknowledgeOrder, "sinceMs">,
  silenceAfterMs: number,
): Promise<void> {
  const sinceMs = Date.now() - silenceAfterMs;
  const since = new Date(sinceMs).toISOString();
  const rows = await insertAcknowledgements(pool, { ...order, sinceMs });
  print(rows);
  const silent = await selectSilentCount(pool, order, sinceMs);
  if (silent === 0) throw new Error(`none of them is silent: all have reported since ${since}`);
  const before = silent - rows.length;
  console.log(
    `acknowledged ${rows.length} silent series${before > 0 ? `, ${before} were before` : ""}`,
  );
}

function print(rows: readonly AcknowledgedRow[]): void {
  for (const { project_name: project, metric, site, resource } of rows) {
    console.log(printable(`${project}: ${metric}, site ${site}, resource ${resource}`));
  }
}
