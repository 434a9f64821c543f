import { formatCredits } from "../billing/credits.ts";
import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { withPool } from "../postgres/database/pool.ts";
import { reratePorts } from "../postgres/operations/rerate.ts";
import { printable } from "../printable.ts";
import { everySeries } from "../usecases/ledger/stored-series.ts";
import { type RerateOptions, type RerateOrder, rerate } from "../usecases/operations/rerate.ts";
import { requireSeries } from "./require-series.ts";
import { readRerateOrder } from "./rerate-order.ts";
import { runCommand } from "./run-command.ts";

const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };

/** `npm run rerate`: the changes of each project on standard output, the progress on standard error. */
await runCommand(async () => {
  const { order, dryRun } = readRerateOrder(process.argv.slice(2));
  const { database } = loadConfig({ database: readDatabase });
  let stopped = false;
  process.once("SIGINT", () => {
    stopped = true;
    console.error("stopping after this project; a second Ctrl-C ends it at once");
  });
  await withPool(database, limits, async (pool) => {
    const { projectName, site } = order.scope;
    if ((projectName ?? site) !== null) {
      await requireSeries(pool, { ...everySeries, ...order.scope });
    }
    await run(order, reratePorts(pool), { dryRun, shouldStop: () => stopped });
    if (stopped) throw new Error("stopped half-way: give the same command again to go on");
  });
});

async function run(
  order: RerateOrder,
  ports: ReturnType<typeof reratePorts>,
  options: RerateOptions,
): Promise<void> {
  let [sum, projects] = [0n, 0];
  for await (const project of rerate(order, ports, options)) {
    const { projectName, series, credits, done, total, isResumed } = project;
    if (done === 1 && isResumed) console.error(`going on with ${total} projects that are left`);
    console.log(`${printable(projectName)}: ${series} series, ${formatCredits(credits)} credits`);
    console.error(`${done} of ${total} projects`);
    sum += credits;
    projects += 1;
  }
  const verb = options.dryRun ? "would change" : "changed";
  console.log(`${verb} ${projects} projects by ${formatCredits(sum)} credits`);
}
