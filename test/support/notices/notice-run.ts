/** One run of send-limit-notices in a process of its own, which a test may kill; the environment is the caller's. */
import { handler } from "../../../functions/send-limit-notices.ts";
import { lambdaContext } from "../http-event.ts";

await handler({}, { ...lambdaContext, getRemainingTimeInMillis: () => 60_000 });
process.exit();
