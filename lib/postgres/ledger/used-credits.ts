import type pg from "pg";
import type { HourlyCosts } from "../../billing/hourly-costs.ts";
import { creditsOfHours } from "../../usecases/ledger/stored-series.ts";
import { updateUsedCredits } from "./queries/update-used-credits.ts";

/** Credits to add to the used credits of projects, by their ids; at CREDITS_SCALE. */
export type ProjectCredits = Map<number, bigint>;

/** A project of which no hour changes is not touched, and its revision stays. */
export function addCredits(credits: ProjectCredits, projectId: number, hours: HourlyCosts): void {
  if (hours.size === 0) return;
  credits.set(projectId, (credits.get(projectId) ?? 0n) + creditsOfHours(hours));
}

export async function writeUsedCredits(
  client: pg.ClientBase,
  credits: ProjectCredits,
): Promise<void> {
  if (credits.size === 0) return;
  await updateUsedCredits(client, [...credits.keys()], [...credits.values()]);
}
