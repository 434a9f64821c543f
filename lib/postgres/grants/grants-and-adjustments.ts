import type pg from "pg";
import { parseCredits } from "../../billing/credits.ts";
import type { AdjustmentLedger, WithAdjustments } from "../../usecases/grants/book-adjustment.ts";
import {
  IdempotencyKeyReused,
  type KeyLedger,
  requestDays,
} from "../../usecases/grants/idempotent.ts";
import type { GrantLedger, WithGrants } from "../../usecases/grants/set-grant.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { insertProjects } from "../ledger/queries/insert-projects.ts";
import { lockProjects } from "../ledger/queries/lock-projects.ts";
import { updateUsedCredits } from "../ledger/queries/update-used-credits.ts";
import { insertAdjustment } from "./queries/insert-adjustment.ts";
import { insertGrant } from "./queries/insert-grant.ts";
import { insertIdempotencyKey } from "./queries/insert-idempotency-key.ts";
import { selectGrant } from "./queries/select-grant.ts";
import { selectIdempotencyKey } from "./queries/select-idempotency-key.ts";
import { updateGrantedCredits } from "./queries/update-granted-credits.ts";
import { updateIdempotencyKey } from "./queries/update-idempotency-key.ts";

export const withGrants =
  (pool: Pool): WithGrants =>
  (projectName, work) =>
    inTransaction(pool, async (client) => {
      await lockProject(client, projectName);
      return work(grantLedger(client, projectName));
    });

export const withAdjustments =
  (pool: Pool): WithAdjustments =>
  (projectName, work) =>
    inTransaction(pool, async (client) => {
      await lockProject(client, projectName);
      return work(adjustmentLedger(client));
    });

/** The first statement of the transaction, as in billers: it waits for the project and holds no other lock. */
async function lockProject(client: pg.ClientBase, projectName: string): Promise<void> {
  if ((await lockProjects(client, [projectName])) === 1) return;
  await insertProjects(client, [projectName]);
  await lockProjects(client, [projectName]);
}

const keyLedger = (client: pg.ClientBase): KeyLedger => ({
  async takeKey({ key, request }) {
    if (await insertIdempotencyKey(client, key, request)) return undefined;
    return selectIdempotencyKey(client, key);
  },
  keepOutcome: (key, outcome) => updateIdempotencyKey(client, key, JSON.stringify(outcome)),
});

const grantLedger = (client: pg.ClientBase, projectName: string): GrantLedger => ({
  ...keyLedger(client),
  async current() {
    const row = await selectGrant(client, projectName);
    if (row === undefined) return undefined;
    const { granted_credits: grantedCredits, actor, reason, at_ms: atMs } = row;
    return { projectName, grantedCredits, actor, reason, atMs };
  },
  async grant(order) {
    await updateGrantedCredits(client, projectName, order.grantedCredits);
    return insertGrant(client, order);
  },
});

const adjustmentLedger = (client: pg.ClientBase): AdjustmentLedger => ({
  ...keyLedger(client),
  async adjust(adjustment, key) {
    const projectId = await insertAdjustment(client, { ...adjustment, key });
    if (projectId === undefined) {
      throw new IdempotencyKeyReused(
        `An adjustment with this key was booked more than ${requestDays} days ago, or by other means.`,
      );
    }
    await updateUsedCredits(client, [projectId], [parseCredits(adjustment.credits)]);
  },
});
