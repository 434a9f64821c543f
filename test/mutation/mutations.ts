import type { Mutation } from "./mutation.ts";
import { database } from "./postgres/database.ts";

/** By room, in the order in which they are run. */
export const mutations: Readonly<Record<string, readonly Mutation[]>> = {
  postgres: [...database],
};
