import { CREDITS_SCALE, formatDecimal, PRICE_SCALE, parseDecimal } from "../billing/decimal.ts";
import type { PastPrice } from "../billing/rerate-plan.ts";
import { loadConfig } from "../config.ts";
import { createPool } from "../postgres/database/pool.ts";
import { reratePorts } from "../postgres/operations/rerate.ts";
import { everySeries } from "../usecases/ledger/stored-series.ts";
import {
  checkOrder,
  type RerateOptions,
  type RerateOrder,
  rerate,
} from "../usecases/operations/rerate.ts";
import { Arguments } from "./arguments.ts";
import { requireSeries } from "./require-series.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run rerate -- (--project NAME | --site S | --all) --since T
         --actor A --reason TEXT [--price METRIC=CREDITS@T]... [--dry-run]

Bills anew what was used since an instant (RFC 3339): at today's tariffs, or at the prices given, each
from its instant on until the next one that is recorded. Stopped by Ctrl-C, it goes on when the same
command is given again.`;

/** `npm run rerate`: what it changes is told per project on standard output, its progress on standard error. */
await runCommand(async () => {
  const { order, dryRun } = readOrder();
  const config = loadConfig(["database"]);
  const pool = createPool(config.database, { connectionsMax: 1, statementTimeoutMs: 600_000 });
  let stopped = false;
  process.once("SIGINT", () => {
    stopped = true;
    console.error("stopping after this project; a second Ctrl-C ends it at once");
  });
  try {
    const { projectName, site } = order.scope;
    if ((projectName ?? site) !== null) {
      await requireSeries(pool, { ...everySeries, ...order.scope });
    }
    await run(order, reratePorts(pool), { dryRun, shouldStop: () => stopped });
    if (stopped) throw new Error("stopped half-way: give the same command again to go on");
  } finally {
    await pool.end();
  }
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
    console.log(
      `${projectName}: ${series} series, ${formatDecimal(credits, CREDITS_SCALE)} credits`,
    );
    console.error(`${done} of ${total} projects`);
    sum += credits;
    projects += 1;
  }
  const verb = options.dryRun ? "would change" : "changed";
  console.log(`${verb} ${projects} projects by ${formatDecimal(sum, CREDITS_SCALE)} credits`);
}

function readOrder(): { readonly order: RerateOrder; readonly dryRun: boolean } {
  const texts = ["project", "site", "since", "actor", "reason", "price"];
  const args = new Arguments(usage, texts, ["all", "dry-run"], process.argv.slice(2));
  const scope = { projectName: args.text("project"), site: args.text("site") };
  const isNarrowed = scope.projectName !== null || scope.site !== null;
  if (isNarrowed === args.has("all")) throw args.wrong("give --project, --site or --all");
  const sinceMs = args.instant("since");
  const prices = args.texts("price").map((text) => readPrice(args, text));
  const [actor, reason] = [args.required("actor"), args.required("reason")];
  const order = { scope, sinceMs, prices, actor, reason };
  checkOrder(order, Date.now());
  return { order, dryRun: args.has("dry-run") };
}

function readPrice(args: Arguments, text: string): PastPrice {
  const match = /^(.+)=(\d{1,12}(?:\.\d{1,12})?)@([^@]+)$/.exec(text);
  const [, metric, credits, from] = match ?? [];
  if (metric === undefined || credits === undefined || from === undefined) {
    throw args.wrong("--price must be such as project_vcpu_usage=0.5@2026-11-01T00:00:00Z");
  }
  const fromMs = args.toInstant("the instant of --price", from);
  return { metric, credits: parseDecimal(credits, PRICE_SCALE), fromMs };
}
