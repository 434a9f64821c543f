/** Loaded into the functions' process before anything else. */
import { isMainThread } from "node:worker_threads";
import { handOverRequestsAsAws, runFunctionsAsAws } from "./as-aws.ts";
import { makePrintable } from "./printable-output.ts";

/** Ends this process and the database when the stack is killed and cannot end them itself. */
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

// The threads in which the functions run load this file, too.
if (isMainThread) {
  endWithParent();
  handOverRequestsAsAws();
  makePrintable(process.stdout);
  makePrintable(process.stderr);
  await runFunctionsAsAws();
}
