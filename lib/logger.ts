import { pino } from "pino";
import { loadConfig, type ReadVariable, text } from "./config.ts";

const levels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

export function readLogLevel(read: ReadVariable) {
  const level = text(read, "LOG_LEVEL") ?? "info";
  const known = levels.find((name) => name === level);
  if (known === undefined) throw new Error(`LOG_LEVEL must be one of ${levels.join(", ")}`);
  return known;
}

/**
 * The program's only logger: JSON lines on standard output. The destination is synchronous, because
 * Lambda freezes the process as soon as it has answered, and what is not written by then is late or lost.
 */
export const logger = pino(
  { level: loadConfig({ level: readLogLevel }).level, base: null },
  pino.destination({ dest: 1, sync: true }),
);
