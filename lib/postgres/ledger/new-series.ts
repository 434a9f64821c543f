import type pg from "pg";
import type { NamedKey } from "../../usecases/ledger/group-by-series.ts";
import { updateNewSeries } from "./queries/update-new-series.ts";
import { upsertNewSeries } from "./queries/upsert-new-series.ts";

// Messages of before they told their key share one allowance.
const unknownKey = "";

/**
 * Parts series that are not stored yet into those that their keys may still make in this hour, and those
 * that have to wait for the next one.
 */
export async function takeNewSeries(
  client: pg.ClientBase,
  missing: readonly NamedKey[],
  perHour: number,
): Promise<{ readonly made: readonly NamedKey[]; readonly waiting: readonly NamedKey[] }> {
  if (!Number.isFinite(perHour) || missing.length === 0) return { made: missing, waiting: [] };
  const byKey = Map.groupBy(missing, ({ keyId = unknownKey }) => keyId);
  const counts = await upsertNewSeries(client, [...byKey.keys()]);
  const parted = [...byKey].map(([keyId, wanted]) => {
    const left = Math.max(0, perHour - (counts.get(keyId) ?? 0));
    return { keyId, made: wanted.slice(0, left), waiting: wanted.slice(left) };
  });
  await updateNewSeries(
    client,
    parted.map(({ keyId, made, waiting }) => ({
      keyId,
      made: made.length,
      isWaiting: waiting.length > 0,
    })),
  );
  return {
    made: parted.flatMap(({ made }) => made),
    waiting: parted.flatMap(({ waiting }) => waiting),
  };
}
