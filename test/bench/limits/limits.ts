import { loadConfig } from "../../../lib/config.ts";
import { scanLimits } from "../../../lib/postgres/scan-limits.ts";
import { createBenchDatabase } from "../billing/bench-database.ts";
import { median } from "../statistics.ts";
import { printTable, type Row } from "../table.ts";

const projects = 100_000;
const thresholds = ["50", "100"];
const secondsMax = 2;
const rounds = 5;

/** `npm run bench -- limits`: one pass over 100,000 projects, on the server of DATABASE_URL. */
export async function run(): Promise<void> {
  const { connectionString } = loadConfig(["database"]).database;
  if (connectionString === undefined) throw new Error("DATABASE_URL is not set");
  const rows: Row[] = [];
  for (const [what, share] of [
    ["none crosses", 0],
    ["1 % cross both limits", 0.01],
    ["all cross both limits", 1],
  ] as const) {
    const { first, again } = await measure(connectionString, share);
    rows.push(row(`${what}: the scan that finds it`, first), row(`${what}: the next scan`, again));
  }
  printTable(rows);
}

const row = (what: string, seconds: number): Row => ({
  what: `${projects.toLocaleString("en")} projects, ${what}`,
  figure: `${seconds.toFixed(2)} s`,
  comparedWith: `at most ${secondsMax} s: ${seconds <= secondsMax ? "reached" : "MISSED"}`,
});

/** Median seconds of a scan in which a share of the projects crosses, and of the one after it. */
async function measure(serverUrl: string, share: number) {
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using database = await createBenchDatabase(serverUrl);
    const { pool } = database;
    await pool.query(
      `insert into projects (project_name, granted_credits, used_credits)
       select 'project ' || n, 1000.5, 12.25 from generate_series(1, $1::int) as n`,
      [projects],
    );
    await scanLimits(pool, thresholds, Date.now());
    await pool.query("update projects set used_credits = 1000.5 where project_id <= $1", [
      projects * share,
    ]);
    await pool.query("vacuum analyze");
    for (const seconds of [first, again]) {
      const startMs = performance.now();
      const { noticed } = await scanLimits(pool, thresholds, Date.now());
      seconds.push((performance.now() - startMs) / 1_000);
      const expected = seconds === first ? projects * share * thresholds.length : 0;
      if (noticed !== expected) throw new Error(`${noticed} notices instead of ${expected}`);
    }
  }
  return { first: median(first), again: median(again) };
}
