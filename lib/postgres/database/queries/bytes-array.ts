import { toNumberArray } from "./number-array.ts";

/** Many byte strings as one parameter, and where each lies in it: arrays for `substring(bytes from … for …)`. */
export interface JoinedBytes {
  readonly bytes: Buffer;
  /** Counts from 1. */
  readonly starts: string;
  readonly lengths: string;
}

/** An array of byte strings in PostgreSQL's notation would take two digits and a quoting for each byte. */
export function joinBytes(parts: readonly Uint8Array[]): JoinedBytes {
  const starts: number[] = [];
  let next = 1;
  for (const part of parts) {
    starts.push(next);
    next += part.length;
  }
  return {
    bytes: Buffer.concat(parts),
    starts: toNumberArray(starts),
    lengths: toNumberArray(parts.map((part) => part.length)),
  };
}
