import { formatCredits } from "../billing/credits.ts";
import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { withPool } from "../postgres/database/pool.ts";
import { verificationPorts } from "../postgres/operations/verification.ts";
import { printable } from "../printable.ts";
import {
  isDrifting,
  type ProjectVerification,
  verifyLedger,
} from "../usecases/operations/verify-ledger.ts";
import { Arguments } from "./arguments.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run verify [-- --project NAME]

Derives the ledger anew from the stored measurements and prints by how much it differs: 0.0 for every
project where all is well. Also names stored measurements that are damaged. Exit code 1 where anything is
not as it must be.`;

const limits = { connectionsMax: 1, statementTimeoutMs: 600_000 };

/** `npm run verify`: holds the ledger to its invariants, as of one instant. */
await runCommand(async () => {
  const args = new Arguments(usage, ["project"], [], process.argv.slice(2));
  const projectName = args.text("project");
  const { database } = loadConfig({ database: readDatabase });
  await withPool(database, limits, async (pool) => {
    let [projects, drifting] = [0, 0];
    const onProject = (one: ProjectVerification) => {
      projects += 1;
      if (isDrifting(one)) drifting += 1;
      console.log(printable(describe(one)));
    };
    const query = { projectName, sinceMs: null, afterProjectId: 0 };
    await verificationPorts(pool).withSnapshot((reader) =>
      verifyLedger(reader, query, { onProject }),
    );
    if (projectName !== null && projects === 0) {
      throw new Error(`there is no project ${projectName}`);
    }
    console.log(`verified ${projects} projects, ${drifting} of them drift`);
    if (drifting > 0) process.exitCode = 1;
  });
});

function describe(one: ProjectVerification): string {
  const { projectName, series, balanceDrift, hoursDrift, hours, states } = one;
  const { held, damagedSegments, firstDamage } = one;
  const absolute = balanceDrift < 0n ? -balanceDrift : balanceDrift;
  const faults = [
    balanceDrift === 0n ? [] : [`used credits are off by ${formatCredits(balanceDrift)}`],
    hours === 0 ? [] : [`${hours} hours are off by ${formatCredits(hoursDrift)} in all`],
    held === 0 ? [] : [`${held} held increases are not what the measurements say`],
    states === 0 ? [] : [`${states} series stand elsewhere than their measurements`],
    damagedSegments === 0 ? [] : [`${damagedSegments} segments are damaged, first ${firstDamage}`],
  ].flat();
  const line = `${projectName}: ${series} series, drift ${formatCredits(absolute + hoursDrift)}`;
  return faults.length === 0 ? line : `${line}: ${faults.join("; ")}`;
}
