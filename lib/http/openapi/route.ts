import * as z from "zod/mini";
import type { Scope } from "../stack/api-keys.ts";
import type { ProblemCode } from "../stack/problem.ts";
import type { Parameters } from "./parameters.ts";

/** Content type → what it holds. */
export type Contents = Readonly<Record<string, z.ZodMiniType>>;

export interface Route {
  /** As the operation is called, and its anchor on the page. */
  readonly id: string;
  readonly summary: string;
  /** null: nobody needs a key. */
  readonly scope: Scope | null;
  /** Whether the token of a link is as good as a key. */
  readonly takesLink?: boolean;
  readonly path?: Parameters;
  readonly query?: Parameters;
  readonly headers?: Parameters;
  readonly body?: Contents;
  /** Status of a success → what it answers with. */
  readonly answers: Readonly<Record<number, Contents>>;
  /** Besides those of keys and links. */
  readonly refusals: readonly ProblemCode[];
  /** Refuses bodies that are too large, by a 413. */
  readonly isBounded?: boolean;
  /** Whether a browser gets its refusals as pages. */
  readonly isPage?: boolean;
}

export const json = (schema: z.ZodMiniType): Contents => ({ "application/json": schema });
export const page: Contents = { "text/html": z.string() };
export const nothing: Contents = {};
