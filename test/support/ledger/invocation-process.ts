/**
 * The biller's function in a process of its own, to be killed at any moment: says that it is loaded, and
 * answers the event that it is sent.
 */
import { flushCompileCache } from "node:module";

const { handler } = await import("../../../functions/bill-measurements.ts");
// A process that is killed writes nothing at its end, and the next one would compile all of it again.
flushCompileCache();

process.on("message", async (event: Parameters<typeof handler>[0]) => {
  process.send?.(await handler(event));
});
process.send?.("loaded");
