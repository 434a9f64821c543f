import type { Queryable } from "../../database/pool.ts";

const text = "update rerates set finished_at = now() where rerate_id = $1::int4";

export async function updateRerateFinished(client: Queryable, rerateId: number): Promise<void> {
  await client.query({ name: "update-rerate-finished", text, values: [rerateId] });
}
