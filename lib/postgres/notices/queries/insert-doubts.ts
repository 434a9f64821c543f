import type pg from "pg";

const text = `
  insert into doubts (series_id, kind, began_at)
  select series_id, kind, $3::timestamptz
    from unnest($1::int4[], $2::text[]) as new (series_id, kind)`;

export async function insertDoubts(
  client: pg.ClientBase,
  doubts: readonly { readonly seriesId: number; readonly kind: string }[],
  nowMs: number,
): Promise<void> {
  await client.query({
    name: "insert-doubts",
    text,
    values: [
      doubts.map(({ seriesId }) => seriesId),
      doubts.map(({ kind }) => kind),
      new Date(nowMs),
    ],
  });
}
