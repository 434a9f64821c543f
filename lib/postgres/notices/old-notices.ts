import type { OldNotices } from "../../usecases/notices/remove-old-notices.ts";
import type { Pool } from "../database/pool.ts";
import { deleteNoticesBefore } from "./queries/delete-notices-before.ts";

// Half a second of work among 200,000 rows: nobody waits for them.
const batchSize = 5_000;

export const oldNotices = (pool: Pool): OldNotices => ({
  deleteBefore: (beforeMs) => deleteNoticesBefore(pool, beforeMs, batchSize),
});
