import type pg from "pg";

const text = `
  insert into idempotency_keys (idempotency_key, request)
  values ($1::text, $2::text)
  on conflict (idempotency_key) do nothing`;

/**
 * Waits for any transaction that inserts the same key, and returns whether this one inserted it: false
 * where the key was there, and then the next statement sees its row.
 */
export async function insertIdempotencyKey(
  client: pg.ClientBase,
  key: string,
  request: string,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "insert-idempotency-key",
    text,
    values: [key, request],
  });
  return rowCount === 1;
}
