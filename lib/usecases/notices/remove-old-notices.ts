import { dayMs } from "../../billing/time.ts";
import { deleteInBatches } from "../delete-in-batches.ts";

/** How long operators can look up who was sent which notice: a year, and a month in which to ask. */
export const noticeDays = 400;

export interface OldNotices {
  /**
   * Deletes a bounded batch of the notices that are done with: written before this instant, and delivered
   * before it at every channel that takes them. Not those that have failed, for they can be sent again,
   * and not those by which a limit or a forecast counts as noticed.
   */
  deleteBefore(beforeMs: number): Promise<number>;
}

/** Returns how many notices were removed before the time was up; the next run goes on. */
export const removeOldNotices = (
  notices: OldNotices,
  nowMs: number,
  shouldStop: () => boolean,
): Promise<number> =>
  deleteInBatches(() => notices.deleteBefore(nowMs - noticeDays * dayMs), shouldStop);
