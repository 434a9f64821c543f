import { commands } from "./commands.ts";
import { functions } from "./functions.ts";
import { http } from "./http.ts";
import type { Mutation } from "./mutation.ts";
import { database } from "./postgres/database.ts";
import { grants } from "./postgres/grants.ts";
import { ledger } from "./postgres/ledger.ts";
import { notices } from "./postgres/notices.ts";
import { operations } from "./postgres/operations.ts";
import { reading } from "./postgres/reading.ts";
import { serverless } from "./serverless.ts";
import { sqs } from "./sqs.ts";
import { usecases } from "./usecases.ts";

/** By room, in the order in which they are run. */
export const mutations: Readonly<Record<string, readonly Mutation[]>> = {
  postgres: [...database, ...ledger, ...operations, ...grants, ...notices, ...reading],
  usecases,
  sqs,
  http,
  commands,
  functions,
  serverless,
};
