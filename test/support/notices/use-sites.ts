import { beforeAll, beforeEach } from "@jest/globals";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { withWatch } from "../../../lib/postgres/notices/site-watch.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { watchSites } from "../../../lib/usecases/notices/watch-sites.ts";
import { at, ledgerOf, measured, minute } from "../ledger/ledger-fixture.ts";
import { emptyTables } from "../servers/empty-tables.ts";
import { useDatabase } from "../servers/use-database.ts";

/** A database for all tests of the file that calls this at its top, and sites that each test begins anew. */
export function useSites() {
  const database = useDatabase();
  beforeAll(async () => {
    await applyTariffs(database.pool, parseMetricSettings('{"project_vcpu_usage":1}'), "test");
  });
  beforeEach(async () => {
    await emptyTables(database.pool, "projects", "sites", "notices");
  });
  return {
    database,
    /** These series of the site report, at a minute. */
    report: (minutes: number, site: string, ...series: string[]) =>
      ledgerOf(database).bill(
        ...series.map((resource) => measured("genomics", minutes, "5", { site, resource })),
      ),
    /** The watch of a minute, to which an hour without a measurement is silence. */
    watch: (minutes: number) =>
      watchSites(withWatch(database.pool, at(minutes)), 60 * minute, at(minutes)),
  };
}
