import type { OldRequests } from "../../usecases/grants/remove-old-requests.ts";
import type { Pool } from "../database/pool.ts";
import { deleteIdempotencyKeysBefore } from "./queries/delete-idempotency-keys-before.ts";

// Half a second of work among 200,000 rows: nobody waits for them.
const batchSize = 5_000;

export const oldRequests = (pool: Pool): OldRequests => ({
  deleteBefore: (beforeMs) => deleteIdempotencyKeysBefore(pool, beforeMs, batchSize),
});
