import type pg from "pg";

const text = `
  delete from doubts
   using unnest($1::int4[], $2::text[]) as over (series_id, kind)
   where doubts.series_id = over.series_id
     and doubts.kind = over.kind`;

export async function deleteDoubts(
  client: pg.ClientBase,
  doubts: readonly { readonly seriesId: number; readonly kind: string }[],
): Promise<void> {
  await client.query({
    name: "delete-doubts",
    text,
    values: [doubts.map(({ seriesId }) => seriesId), doubts.map(({ kind }) => kind)],
  });
}
