const dayMs = 86_400_000;

/** So long a request that is repeated under its key gets the answer of the first time. */
export const requestDays = 30;
/** So long it can be looked up who was told what: a year, and a month in which to ask about it. */
export const noticeDays = 400;

export interface NoticeAndRequestPorts {
  /** Deletes a bounded batch of the requests that were carried out, under a key, before this instant. */
  deleteRequests(beforeMs: number): Promise<number>;
  /**
   * Deletes a bounded batch of the notices that nobody waits for: told before this instant, and delivered
   * before it wherever they were to go. Not what has failed, for that can be sent again, and not what
   * says of a limit or a forecast that it is not armed.
   */
  deleteNotices(beforeMs: number): Promise<number>;
}

export interface NoticeAndRequestRemoval {
  readonly requestsRemoved: number;
  readonly noticesRemoved: number;
  /** False where the time was up: the next run goes on. */
  readonly isFinished: boolean;
}

/** Removes what nobody asks for any more, in batches, so that nobody waits for them. */
export async function removeOldNoticesAndRequests(
  ports: NoticeAndRequestPorts,
  nowMs: number,
  shouldStop: () => boolean,
): Promise<NoticeAndRequestRemoval> {
  const [requestsMs, noticesMs] = [nowMs - requestDays * dayMs, nowMs - noticeDays * dayMs];
  const requestsRemoved = await removeAll(() => ports.deleteRequests(requestsMs), shouldStop);
  const noticesRemoved = await removeAll(() => ports.deleteNotices(noticesMs), shouldStop);
  return { requestsRemoved, noticesRemoved, isFinished: !shouldStop() };
}

async function removeAll(
  deleteBatch: () => Promise<number>,
  shouldStop: () => boolean,
): Promise<number> {
  let removed = 0;
  while (!shouldStop()) {
    const deleted = await deleteBatch();
    if (deleted === 0) break;
    removed += deleted;
  }
  return removed;
}
