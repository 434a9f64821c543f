import type pg from "pg";

const text = `
  insert into deliveries (notice_id, channel, to_operators, next_try_at)
  select notice_id, channel, to_operators, $4::timestamptz
    from unnest($1::int8[], $2::text[], $3::boolean[]) as new (notice_id, channel, to_operators)`;

export interface NewDelivery {
  readonly noticeId: string;
  readonly channel: string;
  /** Otherwise to a project. */
  readonly toOperators: boolean;
}

/** The deliveries are due at once. */
export async function insertDeliveries(
  client: pg.ClientBase,
  deliveries: readonly NewDelivery[],
  nowMs: number,
): Promise<void> {
  const columns = [
    deliveries.map(({ noticeId }) => noticeId),
    deliveries.map(({ channel }) => channel),
    deliveries.map(({ toOperators }) => toOperators),
  ];
  await client.query({ name: "insert-deliveries", text, values: [...columns, new Date(nowMs)] });
}
