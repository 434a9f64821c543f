import type pg from "pg";
import { parseCredits } from "../../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../../billing/decimal.ts";
import type { HeldChange, HeldIncrease } from "../../billing/held-increases.ts";
import { deleteHeldIncreases } from "./queries/delete-held-increases.ts";
import { insertHeldIncreases } from "./queries/insert-held-increases.ts";
import { selectHeldIncreases } from "./queries/select-held-increases.ts";

/** What is held of a series from an instant on, Unix milliseconds; -Infinity: all of it. */
export async function readHeldIncreases(
  client: pg.ClientBase,
  seriesId: number,
  fromMs: number,
): Promise<readonly HeldIncrease[]> {
  const from = Number.isFinite(fromMs) ? fromMs : null;
  const rows = await selectHeldIncreases(client, seriesId, from);
  return rows.map((row) => ({
    fromMs: row.from_ms,
    untilMs: row.until_ms,
    usage: parseDecimal(row.usage, VALUE_SCALE),
    credits: parseCredits(row.credits),
  }));
}

export async function writeHeldIncreases(
  client: pg.ClientBase,
  changes: readonly { readonly seriesId: number; readonly held: HeldChange }[],
): Promise<void> {
  const gone = changes.flatMap(({ seriesId, held }) =>
    held.removedMs.map((fromMs) => ({ seriesId, fromMs })),
  );
  const added = changes.flatMap(({ seriesId, held }) =>
    held.added.map((one) => ({ seriesId, ...one })),
  );
  if (gone.length > 0) await deleteHeldIncreases(client, gone);
  if (added.length > 0) await insertHeldIncreases(client, added);
}
