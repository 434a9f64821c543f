import type { NoticeAndRequestPorts } from "../../usecases/notices/remove-old-notices-and-requests.ts";
import type { Pool } from "../database/pool.ts";
import { deleteIdempotencyKeysBefore } from "../grants/queries/delete-idempotency-keys-before.ts";
import { deleteNoticesBefore } from "./queries/delete-notices-before.ts";

// Half a second of work among 200,000 rows: nobody waits for them.
const batchSize = 5_000;

export const noticeAndRequestPorts = (pool: Pool): NoticeAndRequestPorts => ({
  deleteRequests: (beforeMs) => deleteIdempotencyKeysBefore(pool, beforeMs, batchSize),
  deleteNotices: (beforeMs) => deleteNoticesBefore(pool, beforeMs, batchSize),
});
