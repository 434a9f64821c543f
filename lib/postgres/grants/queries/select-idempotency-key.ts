import type pg from "pg";

export interface IdempotencyKeyRow {
  readonly request: string;
  readonly outcome: unknown;
}

const text = `
  select request, outcome
    from idempotency_keys
   where idempotency_key = $1::text`;

export async function selectIdempotencyKey(
  client: pg.ClientBase,
  key: string,
): Promise<IdempotencyKeyRow | undefined> {
  const { rows } = await client.query<IdempotencyKeyRow>({
    name: "select-idempotency-key",
    text,
    values: [key],
  });
  return rows[0];
}
