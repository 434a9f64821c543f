/** Loaded into the process that serves the functions before anything else. */
import { isMainThread } from "node:worker_threads";
import { handOverRequestsAsAws, runFunctionsAsAws } from "./as-aws.ts";
import { makePrintable } from "./printable-output.ts";

/** A parent that is killed cannot stop this process, nor the database that it started. */
function endWithParent(): void {
  let databasePid: number | undefined;
  process.on("message", (message: { databasePid?: number }) => {
    databasePid = message.databasePid;
  });
  process.on("disconnect", () => {
    try {
      // SIGINT is PostgreSQL's fast shutdown: it rolls back, writes a checkpoint, and ends.
      if (databasePid) process.kill(databasePid, "SIGINT");
    } finally {
      process.exit(1);
    }
  });
}

// The threads in which the functions run are given the same preload.
if (isMainThread) {
  endWithParent();
  handOverRequestsAsAws();
  makePrintable(process.stdout);
  makePrintable(process.stderr);
  await runFunctionsAsAws();
}
