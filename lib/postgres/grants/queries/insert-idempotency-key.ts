import type pg from "pg";

const text = `
  insert into idempotency_keys (idempotency_key, request)
  values ($1::text, $2::text)
  on conflict (idempotency_key) do nothing`;

/**
 * Waits for a transaction that inserts the same key, and answers whether it is ours now: false where
 * it was there, and then the next statement sees it.
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
