/** Deletes batch after batch, so that nobody waits for a long one, and returns how many rows there were. */
export async function deleteInBatches(
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
