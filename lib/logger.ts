import { pino } from "pino";
import { loadConfig } from "./config.ts";

/**
 * The program's only logger: JSON lines on standard output. The destination is synchronous, because
 * Lambda freezes the process as soon as it has answered, and what is not written by then is late or lost.
 */
export const logger = pino(
  { level: loadConfig(["logLevel"]).logLevel, base: null },
  pino.destination({ dest: 1, sync: true }),
);
