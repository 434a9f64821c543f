import type pg from "pg";
import { openGrantSource } from "../../../lib/portal/granted-credits.ts";
import { withGrants } from "../../../lib/postgres/grants/grants-and-adjustments.ts";
import { refreshPorts } from "../../../lib/postgres/grants/portal-grants.ts";
import { refreshGrants } from "../../../lib/usecases/grants/refresh-grants.ts";
import { setGrant } from "../../../lib/usecases/grants/set-grant.ts";
import type { FakePortal } from "./fake-portal.ts";

export const names = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);
export const never = () => false;
/** Longer than the portal here takes where it answers at all, also on a busy machine. */
export const patient = { connectMs: 30_000, totalMs: 30_000 };

/** The steps of a test with the grants of projects; database and portal are those of the test that runs. */
export const refreshingGrants = (
  running: () => { readonly pool: pg.Pool; readonly portal: FakePortal },
) => ({
  create: (...projects: string[]) =>
    running().pool.query(
      "insert into projects (project_name) select name from unnest($1::text[]) with ordinality as new (name, n) order by n",
      [projects],
    ),
  async refresh(shouldStop = never, url = running().portal.url, timeouts = patient) {
    using source = openGrantSource({ url, apiKey: "portal-key" }, timeouts);
    return refreshGrants({ ...refreshPorts(running().pool), ...source }, shouldStop);
  },
  setTo: (projectName: string, grantedCredits: string) =>
    setGrant(
      { projectName, grantedCredits, actor: "Zoë", reason: "r" },
      null,
      withGrants(running().pool),
    ),
  async granted(): Promise<Record<string, string | null>> {
    const { rows } = await running().pool.query(
      "select project_name, granted_credits::text as credits from projects order by project_id",
    );
    return Object.fromEntries(rows.map(({ project_name, credits }) => [project_name, credits]));
  },
  async grantRows(project: string): Promise<string[]> {
    const { rows } = await running().pool.query(
      "select source || ' ' || grants.granted_credits as row from grants join projects using (project_id) where project_name = $1 order by grant_id",
      [project],
    );
    return rows.map(({ row }) => row);
  },
});
