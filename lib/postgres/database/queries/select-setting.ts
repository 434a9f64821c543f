import type { Queryable } from "../pool.ts";

const text = `
  select value
    from settings
   where key = $1::text`;

/** The value, parsed from JSON; undefined where there is none. */
export async function selectSetting(client: Queryable, key: string): Promise<unknown> {
  const { rows } = await client.query<{ value: unknown }>({
    name: "select-setting",
    text,
    values: [key],
  });
  return rows[0]?.value;
}
