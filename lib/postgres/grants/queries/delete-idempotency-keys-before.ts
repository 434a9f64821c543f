import type { Queryable } from "../../database/pool.ts";

const text = `
  delete from idempotency_keys
   where idempotency_key in (
           select idempotency_key
             from idempotency_keys
            where recorded_at < $1::timestamptz
            order by recorded_at
            limit $2::int4
              for update skip locked
         )`;

/** Deletes at most so many keys that were taken before an instant. */
export async function deleteIdempotencyKeysBefore(
  client: Queryable,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query({
    name: "delete-idempotency-keys-before",
    text,
    values: [new Date(beforeMs), limit],
  });
  return rowCount ?? 0;
}
