import type { Pool } from "./pool.ts";
import { selectSetting } from "./queries/select-setting.ts";
import { upsertSetting } from "./queries/upsert-setting.ts";

/** Behind which project a schedule's last run stopped, kept under its name; 0: at the beginning. */
export const runCursor = (pool: Pool, schedule: string) => ({
  async cursor(): Promise<number> {
    const cursor = await selectSetting(pool, schedule);
    return typeof cursor === "number" ? cursor : 0;
  },
  keepCursor: (projectId: number): Promise<void> =>
    upsertSetting(pool, schedule, String(projectId)),
});
