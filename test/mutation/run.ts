/**
 * `npm run test:mutation -- [ROOM|ID …]`: makes mistakes on purpose, one after the other, in a copy of this
 * tree, and says which of them no test sees.
 */
import { startServers, stopServers } from "../support/servers/servers.ts";
import type { Mutation } from "./mutation.ts";
import { mutations } from "./mutations.ts";
import { runTests, type TestRun } from "./run-tests.ts";
import { copyTree } from "./tree-copy.ts";

type Verdict = "caught" | "SURVIVED" | "no longer applies" | "cannot be run";

const wanted = process.argv.slice(2);
const rooms = Object.entries(mutations).map(([room, all]) => ({
  room,
  chosen: all.filter(
    ({ id }) => wanted.length === 0 || wanted.includes(room) || wanted.includes(id),
  ),
}));
const chosen = rooms.flatMap((one) => one.chosen);
if (chosen.length === 0) {
  console.error(
    `Usage: npm run test:mutation -- [ROOM|ID …]; rooms: ${Object.keys(mutations).join(", ")}`,
  );
  process.exit(1);
}

let isStopped = false;
process.once("SIGINT", () => {
  isStopped = true;
  console.error("stopping after this mutation");
});

// Started once for all runs of jest, instead of by each of them.
await startServers();
process.env["DATABASE_URL"] = process.env["TEST_DATABASE_URL"];
process.env["SQS_ENDPOINT"] = process.env["TEST_SQS_ENDPOINT"];
try {
  await using tree = await copyTree();
  const verdicts = new Map<Mutation, Verdict>();
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
  console.log(`Without a mutation: ${tests.length} test files`);
  const before = await runTests(tree.directory, tests);
  if (toVerdict(before) !== "SURVIVED") {
    throw new Error(
      `the tests fail as they are: ${before.failed.join(", ")} ${before.fault ?? ""}`,
    );
  }
  for (const mutation of chosen) {
    if (isStopped) break;
    const run = await tree.withMutation(mutation, () => runTests(tree.directory, mutation.tests));
    const verdict = run === undefined ? "no longer applies" : toVerdict(run);
    verdicts.set(mutation, verdict);
    const seenBy = run?.failed[0] ?? run?.fault?.slice(0, 200) ?? "";
    console.log(`${mutation.id} ${mutation.file}: ${verdict} ${seenBy}`);
  }
  for (const { room, chosen: ofRoom } of rooms) {
    const caught = ofRoom.filter((one) => verdicts.get(one) === "caught").length;
    if (ofRoom.length > 0) console.log(`${room}: ${caught} of ${ofRoom.length} caught`);
  }
  if ([...verdicts.values()].some((verdict) => verdict !== "caught")) process.exitCode = 1;
} finally {
  await stopServers();
}

/** A program that waits for ever is seen by whoever runs the tests. */
function toVerdict({ failed, fault, isTimedOut }: TestRun): Verdict {
  if (failed.length > 0 || isTimedOut) return "caught";
  return fault === null ? "SURVIVED" : "cannot be run";
}
