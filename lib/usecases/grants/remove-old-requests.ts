import { dayMs } from "../../billing/time.ts";
import { deleteInBatches } from "../delete-in-batches.ts";
import { requestDays } from "./idempotent.ts";

export interface OldRequests {
  /** Deletes a bounded batch of the requests that were carried out, under a key, before this instant. */
  deleteBefore(beforeMs: number): Promise<number>;
}

/** Returns how many requests were forgotten before the time was up; the next run goes on. */
export const removeOldRequests = (
  requests: OldRequests,
  nowMs: number,
  shouldStop: () => boolean,
): Promise<number> =>
  deleteInBatches(() => requests.deleteBefore(nowMs - requestDays * dayMs), shouldStop);
