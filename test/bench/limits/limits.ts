import type pg from "pg";
import { loadConfig } from "../../../lib/config.ts";
import { readDatabaseSettings } from "../../../lib/postgres/database/database-settings.ts";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { outbox } from "../../../lib/postgres/notices/outbox.ts";
import { deliverNotices } from "../../../lib/usecases/notices/deliver-notices.ts";
import { sendMsMax } from "../../../lib/usecases/notices/delivery-policy.ts";
import type { Channel } from "../../../lib/usecases/notices/notice.ts";
import { createBenchDatabase } from "../bench-database.ts";
import { median } from "../statistics.ts";
import { printTable, type Row } from "../table.ts";

const projects = 100_000;
const thresholds = ["50", "100"];
const secondsMax = 2;
const rounds = 5;
// send-limit-notices has so long, and must come to sending in it.
const runSecondsMax = 120;
const sendingSeconds = 10;

/**
 * `npm run bench -- limits`: one pass over 100,000 projects, and what comes after it where all of them
 * cross both limits, on the server of DATABASE_URL.
 */
export async function run(): Promise<void> {
  const { connectionString } = loadConfig({ database: readDatabaseSettings }).database;
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
  rows.push(...(await measureDelivery(connectionString)));
  printTable(rows);
}

const row = (what: string, seconds: number): Row => ({
  what: `${projects.toLocaleString("en")} projects, ${what}`,
  figure: `${seconds.toFixed(2)} s`,
  value: seconds,
  most: secondsMax,
});

/** Median seconds of a scan in which a share of the projects crosses, and of the one after it. */
async function measure(serverUrl: string, share: number) {
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using database = await createBenchDatabase(serverUrl);
    const { pool } = database;
    await addProjects(pool, "12.25");
    await limitScan(pool)(thresholds, Date.now());
    await pool.query("update projects set used_credits = 1000.5 where project_id <= $1", [
      projects * share,
    ]);
    await pool.query("vacuum analyze");
    for (const seconds of [first, again]) {
      const startMs = performance.now();
      const { noticed } = await limitScan(pool)(thresholds, Date.now());
      seconds.push((performance.now() - startMs) / 1_000);
      const expected = seconds === first ? projects * share * thresholds.length : 0;
      if (noticed !== expected) throw new Error(`${noticed} notices instead of ${expected}`);
    }
  }
  return { first: median(first), again: median(again) };
}

const addProjects = (pool: pg.Pool, used: string) =>
  pool.query(
    `insert into projects (project_name, granted_credits, used_credits)
     select 'project ' || n, 1000.5, $2::numeric from generate_series(1, $1::int) as n`,
    [projects, used],
  );

/** How long giving all notices their deliveries takes, and how many go out where no receiver is slow. */
async function measureDelivery(serverUrl: string): Promise<readonly Row[]> {
  await using database = await createBenchDatabase(serverUrl);
  const { pool } = database;
  await addProjects(pool, "1000.5");
  const { noticed } = await limitScan(pool)(thresholds, Date.now());
  const channels = ["portal", "mail"].map(
    (name): Channel => ({ name, takes: () => true, send: async () => {} }),
  );
  const box = outbox(pool);
  const startMs = performance.now();
  while (!(await box.dispatch(channels, Date.now())));
  const seconds = (performance.now() - startMs) / 1_000;
  const effects = { nowMs: Date.now, random: Math.random, onFailure: () => {} };
  const deadlineMs = Date.now() + sendingSeconds * 1_000 + sendMsMax;
  const sent = await deliverNotices(channels, box, effects, deadlineMs);
  const delivered = sent.reduce((sum, one) => sum + one.delivered, 0);
  return [
    {
      what: `${noticed.toLocaleString("en")} notices get their deliveries, two channels`,
      figure: `${seconds.toFixed(1)} s`,
      value: seconds,
      most: runSecondsMax / 2,
    },
    {
      what: "then they are sent, one connection",
      figure: `${Math.round(delivered / sendingSeconds).toLocaleString("en")}/s`,
    },
  ];
}
