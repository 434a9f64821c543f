import type pg from "pg";
import type { SeriesChange } from "../../usecases/ledger/ledger.ts";
import type { Head } from "./heads.ts";
import { insertLargeSteps } from "./queries/insert-large-steps.ts";
import { updateLastKeys } from "./queries/update-last-keys.ts";
import { upsertDeepDips } from "./queries/upsert-deep-dips.ts";

/** Records what is doubtful in what was booked, and who reported it. */
export async function writeDoubts(
  client: pg.ClientBase,
  changes: readonly SeriesChange[],
  headOf: (seriesId: number) => Head,
): Promise<void> {
  const dips = changes.flatMap(({ series: { seriesId }, doubts }) =>
    doubts.deepDipsMs.map((healedMs) => ({ seriesId, healedMs })),
  );
  const steps = changes.flatMap(({ series: { seriesId }, doubts }) =>
    doubts.largeSteps.map((step) => ({ seriesId, ...step })),
  );
  const keys = changes.flatMap(({ series: { seriesId }, keyId }) =>
    keyId === undefined || headOf(seriesId).lastKey === keyId ? [] : [{ seriesId, keyId }],
  );
  if (dips.length > 0) await upsertDeepDips(client, dips);
  if (steps.length > 0) await insertLargeSteps(client, steps);
  if (keys.length > 0) await updateLastKeys(client, keys);
}
