import { formatCredits } from "../billing/credits.ts";
import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { inSnapshot } from "../postgres/database/in-transaction.ts";
import { type Pool, withPool } from "../postgres/database/pool.ts";
import { type Hold, holdPorts, holdsIn } from "../postgres/operations/holds.ts";
import { printable } from "../printable.ts";
import { everySeries, type SeriesScope } from "../usecases/ledger/stored-series.ts";
import { decideOnHolds, type HoldOrder } from "../usecases/operations/decide-holds.ts";
import { Arguments, scopeOptions } from "./arguments.ts";
import { requireSeries } from "./require-series.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run holds [-- [--project NAME] [--site S] [--metric M] [--resource R]]
       npm run holds -- (--accept | --reject) (--project NAME | --site S) [--metric M] [--resource R]
         [--from T --until T] --actor A --reason TEXT [--dry-run]

Lists the increases that are held because they are faster than max_rate permits: neither usage nor credits.
--accept bills them at the prices of their time, --reject leaves them unbilled; both are open no more. With
--from and --until (RFC 3339, both inclusive) the decision is on that stretch, whatever is in it or comes
late, and may change an earlier one; without, on exactly what is held now.`;

const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };

/** `npm run holds`: lists held increases, and decides on them. */
await runCommand(async () => {
  const texts = [...scopeOptions, "from", "until", "actor", "reason"];
  const flags = ["accept", "reject", "dry-run"];
  const args = new Arguments(usage, texts, flags, process.argv.slice(2));
  const [isAccepted, isRejected] = [args.has("accept"), args.has("reject")];
  if (isAccepted && isRejected) throw args.wrong("--accept and --reject exclude each other");
  const order = isAccepted || isRejected ? readOrder(args, isAccepted) : null;
  const scope = order?.scope ?? listedScope(args);
  const { database } = loadConfig({ database: readDatabase });
  await withPool(database, limits, async (pool) => {
    if (order !== null || scope !== everySeries) await requireSeries(pool, scope);
    if (order === null) await list(pool, scope);
    else await decide(pool, order, args.has("dry-run"));
  });
});

function listedScope(args: Arguments): SeriesScope {
  const given = ["from", "until", "actor", "reason"].find((name) => args.text(name) !== null);
  if (given !== undefined) throw args.wrong(`--${given} needs --accept or --reject`);
  return scopeOptions.every((name) => args.text(name) === null) ? everySeries : args.scope();
}

function readOrder(args: Arguments, isAccepted: boolean): HoldOrder {
  const hasRange = args.text("from") !== null || args.text("until") !== null;
  const range = hasRange ? { fromMs: args.instant("from"), untilMs: args.instant("until") } : null;
  if (range !== null && range.fromMs > range.untilMs) {
    throw args.wrong("--from must not be later than --until");
  }
  const [actor, reason] = [args.required("actor"), args.required("reason")];
  return { scope: args.scope(), range, isAccepted, actor, reason };
}

async function list(pool: Pool, scope: SeriesScope): Promise<void> {
  let count = 0;
  await inSnapshot(pool, async (client) => {
    for await (const page of holdsIn(client, scope)) {
      for (const hold of page) console.log(printable(describe(hold)));
      count += page.length;
    }
  });
  console.log(`${count} increases are held`);
}

function describe(hold: Hold): string {
  const { project_name: project, site, metric, resource, from_ms, until_ms } = hold;
  const name = `${project}: ${metric}, site ${site || "(none)"}, resource ${resource || "(none)"}`;
  const [from, until] = [from_ms, until_ms].map((ms) => new Date(ms).toISOString());
  const values =
    hold.fromValue === null
      ? "its measurements are removed"
      : `from ${hold.fromValue}${hold.untilValue === null ? "" : ` to ${hold.untilValue}`}`;
  return `${name}, ${from} to ${until}, ${values}: ${hold.usage} units, ${hold.credits} credits`;
}

async function decide(pool: Pool, order: HoldOrder, dryRun: boolean): Promise<void> {
  let [decided, settled, changed] = [0, 0, false];
  for await (const project of decideOnHolds(order, holdPorts(pool), dryRun)) {
    decided += project.decided;
    settled += project.settled;
    changed ||= project.decided > 0 || project.credits !== 0n;
    if (project.decided === 0 && project.credits === 0n) continue;
    const credits = formatCredits(project.credits);
    console.log(
      printable(`${project.projectName}: ${project.decided} increases, ${credits} credits`),
    );
  }
  if (settled > 0) {
    console.log(
      `${settled} are older than the measurements that are kept: book an adjustment instead`,
    );
  }
  if (!changed) throw new Error("nothing is held there, and no decision is changed");
  const done = order.isAccepted ? "accepted" : "rejected";
  console.log(`${dryRun ? `would be ${done}` : done}: ${decided} increases`);
}
