import type pg from "pg";
import type { DecimalText } from "../../../billing/decimal.ts";

/** A row to append; `validFrom` as text that PostgreSQL reads: RFC 3339 or `-infinity`. */
export interface NewTariff {
  readonly metric: string;
  readonly kind: string;
  readonly unit: string;
  /** null: forever. */
  readonly dipWindowMs: number | null;
  readonly maxGapMs: number;
  /** null: nothing is held. */
  readonly maxRate: DecimalText | null;
  readonly credits: DecimalText;
  readonly validFrom: string;
}

const text = `
  insert into tariffs (metric, kind, unit, dip_window_ms, max_gap_ms, max_rate, credits, valid_from, actor, rerate_id)
  select metric, kind, unit, dip_window_ms, max_gap_ms, max_rate, credits, valid_from::timestamptz,
         $9::text, $10::int4
    from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::int8[], $6::numeric[], $7::numeric[],
                $8::text[])
           as new (metric, kind, unit, dip_window_ms, max_gap_ms, max_rate, credits, valid_from)`;

/** `rerateId`: they count for the series that contain this re-rating only; null: for all. */
export async function insertTariffs(
  client: pg.ClientBase,
  tariffs: readonly NewTariff[],
  { actor, rerateId }: { readonly actor: string; readonly rerateId: number | null },
): Promise<void> {
  const column = <K extends keyof NewTariff>(name: K) => tariffs.map((tariff) => tariff[name]);
  await client.query({
    name: "insert-tariffs",
    text,
    values: [
      column("metric"),
      column("kind"),
      column("unit"),
      column("dipWindowMs"),
      column("maxGapMs"),
      column("maxRate"),
      column("credits"),
      column("validFrom"),
      actor,
      rerateId,
    ],
  });
}
