import type pg from "pg";
import type { LargeStep } from "../../billing/doubts.ts";
import type { SeriesChange } from "../../usecases/ledger/ledger.ts";
import type { Traits } from "../../usecases/ledger/stored-series.ts";
import { insertLargeSteps } from "./queries/insert-large-steps.ts";
import { updateLargestPaces } from "./queries/update-largest-paces.ts";
import { updateLastKeys } from "./queries/update-last-keys.ts";
import { upsertDeepDips } from "./queries/upsert-deep-dips.ts";

const noTraits: Traits = { largestPace: 0, lastKey: null };

/** The traits of series that have changed. */
export type NewTraits = ReadonlyMap<number, Traits>;

/**
 * Records what is doubtful in what was booked, how fast it rose, and who reported it: little, because it
 * hardly ever is another than before. Answers what is.
 */
export async function writeDoubts(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
): Promise<NewTraits> {
  const dips: { seriesId: number; healedMs: number }[] = [];
  const steps: (LargeStep & { seriesId: number })[] = [];
  const changed = new Map<number, Traits>();
  const paces: { seriesId: number; largestPace: number }[] = [];
  const keys: { seriesId: number; keyId: string }[] = [];
  for (const { series, doubts, keyId } of changes) {
    const { seriesId, traits: before = noTraits } = series;
    const { largestPace } = doubts;
    for (const healedMs of doubts.deepDipsMs) dips.push({ seriesId, healedMs });
    for (const step of doubts.largeSteps) steps.push({ seriesId, ...step });
    if (largestPace > before.largestPace) paces.push({ seriesId, largestPace });
    if (keyId !== undefined && keyId !== before.lastKey) keys.push({ seriesId, keyId });
    const lastKey = keyId ?? before.lastKey;
    if (largestPace !== before.largestPace || lastKey !== before.lastKey) {
      changed.set(seriesId, { largestPace, lastKey });
    }
  }
  if (dips.length > 0) await upsertDeepDips(client, dips);
  if (steps.length > 0) await insertLargeSteps(client, steps);
  if (paces.length > 0) await updateLargestPaces(client, paces);
  if (keys.length > 0) await updateLastKeys(client, keys);
  return changed;
}
