import type pg from "pg";

const text = "select rerate_id from rerates where project_name is null and site is null";

/** The re-ratings of everything: what they recorded is part of the tariff that holds for all. */
export async function selectGeneralRerates(client: pg.ClientBase): Promise<readonly number[]> {
  const { rows } = await client.query<{ rerate_id: number }>({
    name: "select-general-rerates",
    text,
  });
  return rows.map((row) => row.rerate_id);
}
