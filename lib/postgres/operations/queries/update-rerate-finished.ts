import type pg from "pg";

const text = "update rerates set finished_at = now() where rerate_id = $1::int4";

export async function updateRerateFinished(
  client: pg.ClientBase | pg.Pool,
  rerateId: number,
): Promise<void> {
  await client.query({ name: "update-rerate-finished", text, values: [rerateId] });
}
