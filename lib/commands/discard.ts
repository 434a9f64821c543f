import { formatCredits } from "../billing/credits.ts";
import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { withPool } from "../postgres/database/pool.ts";
import { discardPorts } from "../postgres/operations/discard.ts";
import { printable } from "../printable.ts";
import {
  type DiscardOrder,
  discardMeasurements,
} from "../usecases/operations/discard-measurements.ts";
import { Arguments, scopeOptions } from "./arguments.ts";
import { requireSeries } from "./require-series.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run discard -- (--project NAME | --site S) [--metric M] [--resource R]
         --from T --until T --actor A --reason TEXT [--dry-run]

Measurements between the two instants (RFC 3339, both inclusive) count as never sent.`;

const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };

/** `npm run discard`: takes measurements out of the bill for good. */
await runCommand(async () => {
  const { order, dryRun } = readOrder();
  const { database } = loadConfig({ database: readDatabase });
  await withPool(database, limits, async (pool) => {
    await requireSeries(pool, order.scope);
    let measurements = 0;
    let projects = 0;
    for await (const project of discardMeasurements(order, discardPorts(pool), dryRun)) {
      const credits = formatCredits(project.credits);
      console.log(
        `${printable(project.projectName)}: ${project.series} series, ${project.measurements} measurements, ${credits} credits`,
      );
      measurements += project.measurements;
      projects += 1;
    }
    console.log(
      `${dryRun ? "would discard" : "discarded"} ${measurements} measurements of ${projects} projects`,
    );
  });
});

function readOrder(): { readonly order: DiscardOrder; readonly dryRun: boolean } {
  const texts = [...scopeOptions, "from", "until", "actor", "reason"];
  const args = new Arguments(usage, texts, ["dry-run"], process.argv.slice(2));
  const scope = args.scope();
  const range = { fromMs: args.instant("from"), untilMs: args.instant("until") };
  if (range.fromMs > range.untilMs) throw args.wrong("--from must not be later than --until");
  const order = { scope, range, actor: args.required("actor"), reason: args.required("reason") };
  return { order, dryRun: args.has("dry-run") };
}
