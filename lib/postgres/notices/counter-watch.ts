import type pg from "pg";
import { dayMs, hourMs } from "../../billing/time.ts";
import { detailOf } from "../../usecases/notices/doubt-details.ts";
import type {
  CounterEvent,
  CounterWatch,
  WithCounterWatch,
} from "../../usecases/notices/watch-counters.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { lockAdvisory } from "../database/queries/lock-advisory.ts";
import type { NoticeDetails } from "./notice-rows.ts";
import { deleteDoubts } from "./queries/delete-doubts.ts";
import { deleteOldDoubtRecords } from "./queries/delete-old-doubt-records.ts";
import { insertDoubts } from "./queries/insert-doubts.ts";
import { insertSiteNotices } from "./queries/insert-site-notices.ts";
import { selectDoubts } from "./queries/select-doubts.ts";
import { selectKnownDoubts } from "./queries/select-known-doubts.ts";
import { updateLimitedKeys } from "./queries/update-limited-keys.ts";

// A pair of senders makes several dips a minute; a page that is missing now and then makes one an hour.
const dipsMin = 5;
/** For so long after the last of them it is not over. */
const dipsLastMs = 2 * hourMs;
const stepsLastMs = dayMs;
const recordsKeptMs = 14 * dayMs;
// After an outage of a federation each project may have late measurements: a few seconds of work.
const correctedMax = 500;

/** The watch of counters, in one transaction. */
export const withCounterWatch =
  (pool: Pool, silenceAfterMs: number, nowMs: number): WithCounterWatch =>
  (work) =>
    inTransaction(pool, async (client) => {
      await lockAdvisory(client, "counterWatch");
      await deleteOldDoubtRecords(client, nowMs - recordsKeptMs);
      return work(watchOf(client, silenceAfterMs, nowMs));
    });

const watchOf = (client: pg.ClientBase, silenceAfterMs: number, nowMs: number): CounterWatch => ({
  async current() {
    const rows = await selectDoubts(client, {
      reportingSinceMs: nowMs - silenceAfterMs,
      dipsSinceMs: nowMs - dipsLastMs,
      dipsMin,
      stepsSinceMs: nowMs - stepsLastMs,
      // Yesterday's and today's, so that none is over as soon as the day is.
      correctionsSinceMs: (Math.floor(nowMs / dayMs) - 1) * dayMs,
      correctedMax,
    });
    return rows.map((row) => ({
      seriesId: row.series_id,
      kind: row.facts.kind,
      site: row.site,
      projectName: row.project_name,
      metric: row.metric,
      resource: row.resource,
      detail: detailOf(row.facts),
    }));
  },
  async known() {
    const rows = await selectKnownDoubts(client);
    return rows.map((row) => ({
      seriesId: row.series_id,
      kind: row.kind,
      isAcknowledged: row.is_acknowledged,
      site: row.site,
      projectName: row.project_name,
      metric: row.metric,
      resource: row.resource,
      detail: `it began at ${new Date(row.began_ms).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    }));
  },
  begin: (doubts) => insertDoubts(client, doubts, nowMs),
  end: (doubts) => deleteDoubts(client, doubts),
  async newlyLimitedKeys() {
    const rows = await updateLimitedKeys(client, nowMs);
    return rows.map((row) => ({
      keyId: row.key_id,
      seriesCount: row.count,
      hourMs: row.hour_ms,
    }));
  },
  writeNotices: (events) =>
    insertSiteNotices(
      client,
      events.map(({ type }) => type),
      events.map(toDetails),
      nowMs,
    ),
});

function toDetails({ type: _type, ...details }: CounterEvent): string {
  return JSON.stringify(details satisfies NoticeDetails);
}
