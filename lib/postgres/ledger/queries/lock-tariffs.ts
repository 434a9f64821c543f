import type pg from "pg";

const text = "lock table rerates, tariffs in access exclusive mode";

/**
 * Waits until no biller is at work and lets none begin, so that no batch is billed by two tariffs and
 * no new series overlooks a re-rating. Both tables in one order, the billers': a series is inserted
 * (rerates) before its tariff is read.
 */
export async function lockTariffs(client: pg.ClientBase): Promise<void> {
  await client.query({ name: "lock-tariffs", text });
}
