import type pg from "pg";

const text = `
  update idempotency_keys
     set outcome = $2::json
   where idempotency_key = $1::text`;

/** Keeps the outcome (JSON) of the request that has the key. */
export async function updateIdempotencyKey(
  client: pg.ClientBase,
  key: string,
  outcome: string,
): Promise<void> {
  await client.query({ name: "update-idempotency-key", text, values: [key, outcome] });
}
