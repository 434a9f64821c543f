import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { Query } from "./range-query.ts";
import { problem } from "./stack/problem.ts";

/** Where the next page begins, for the same question only. */
export const cursorOf = (position: unknown, query: Query, projectName: string): string =>
  Buffer.from(JSON.stringify([position, questionOf(query, projectName)])).toString("base64url");

/** The position that a `cursor` names; null: it is the first page. Throws a 400 problem. */
export function readCursor<Position extends z.ZodMiniType>(
  query: Query,
  projectName: string,
  position: Position,
): z.infer<Position> | null {
  const text = query["cursor"];
  if (text === undefined || text === "") return null;
  const cursor = z.tuple([position, z.string()]).safeParse(parsed(text));
  if (cursor.success && cursor.data[1] === questionOf(query, projectName)) return cursor.data[0];
  const rule = "cursor must be the next_cursor of an answer to the same parameters";
  throw problem("cursor-foreign", "cursor", rule);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined;
  }
}

/** The other parameters, but for how many a page shows. */
function questionOf(query: Query, projectName: string): string {
  const { cursor: _cursor, limit: _limit, project_name: _name, ...others } = query;
  const question = JSON.stringify([projectName, Object.entries(others).sort()]);
  return createHash("sha256").update(question).digest("base64url").slice(0, 16);
}
