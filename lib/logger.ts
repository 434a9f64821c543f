import { type DestinationStream, pino } from "pino";
import { loadConfig, type ReadVariable, text } from "./config.ts";

const levels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

export function readLogLevel(read: ReadVariable) {
  const level = text(read, "LOG_LEVEL") ?? "info";
  const known = levels.find((name) => name === level);
  if (known === undefined) throw new Error(`LOG_LEVEL must be one of ${levels.join(", ")}`);
  return known;
}

/** Control characters of C1, line separators, and those that turn the reading direction. */
const actedOn = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Escapes, in lines of JSON, what a terminal acts on and JSON leaves as it is: names come from outside, and
 * one of them could hide or reorder what an operator reads.
 */
export const escapingLines = (destination: DestinationStream): DestinationStream => ({
  write: (line) =>
    destination.write(
      line.replace(actedOn, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
    ),
});

/**
 * The program's only logger: JSON lines on standard output. The destination is synchronous, because
 * Lambda freezes the process as soon as it has answered, and what is not written by then is late or lost.
 */
export const logger = pino(
  { level: loadConfig({ level: readLogLevel }).level, base: null },
  escapingLines(pino.destination({ dest: 1, sync: true })),
);
