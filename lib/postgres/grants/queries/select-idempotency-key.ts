import type pg from "pg";
import { onlyRow } from "../../database/only-row.ts";

export interface IdempotencyKeyRow {
  readonly request: string;
  readonly outcome: unknown;
}

const text = `
  select request, outcome
    from idempotency_keys
   where idempotency_key = $1::text`;

/** The request that has the key, and its outcome. The key must be there. */
export async function selectIdempotencyKey(
  client: pg.ClientBase,
  key: string,
): Promise<IdempotencyKeyRow> {
  const { rows } = await client.query<IdempotencyKeyRow>({
    name: "select-idempotency-key",
    text,
    values: [key],
  });
  return onlyRow(rows);
}
