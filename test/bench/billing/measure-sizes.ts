import { segmentSamplesMax } from "../../../lib/segments/segment-size.ts";
import { type BenchDatabase, createBenchDatabase } from "../bench-database.ts";
import type { Row } from "../table.ts";
import { startMs, Workload } from "./workload.ts";

/**
 * A day of these is billed, and the sizes are per series: of 10,000 the tables would be 20 times as
 * large, and take an hour to fill.
 */
const seriesCount = 500;
const hoursOfDay = 24;
const ledgerDays = 10;
/** Scrapes in a batch; a whole number of batches makes a full segment. */
const batchScrapes = segmentSamplesMax / 10;
/** Not on the full hour, so that each hour's amount is a cut with as many digits as they have. */
const firstMs = startMs + 7_000;

const shapes = [
  { name: "15 s scrapes, refreshed every 60 s", scrapeMs: 15_000, changesEvery: 4, most: 5 },
  { name: "15 s scrapes, every value different", scrapeMs: 15_000, changesEvery: 1, most: 10 },
  { name: "60 s scrapes, every value different", scrapeMs: 60_000, changesEvery: 1, most: 10 },
] as const;

/**
 * Bytes of table and index after a day and after ten, by the database's own account. A long transaction,
 * of another database of the server even, keeps old versions of the heads on their pages, which makes
 * these many times as large: the figures are meant for a server that has nothing else to do.
 */
export async function measureSizes(serverUrl: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const shape of shapes) rows.push(...(await measureSamples(serverUrl, shape)));
  rows.push(await measureLedger(serverUrl));
  return rows;
}

async function measureSamples(
  serverUrl: string,
  { name, scrapeMs, changesEvery, most }: (typeof shapes)[number],
): Promise<readonly Row[]> {
  await using database = await createBenchDatabase(serverUrl);
  const scrapes = (hoursOfDay * 3_600_000) / scrapeMs;
  await billDay(
    database,
    new Workload({ prefix: "sizes", seriesCount, scrapeMs, changesEvery, startMs: firstMs }),
    scrapes,
  );
  const segments = (await bytesOf(database, "segments")) / (seriesCount * scrapes);
  const heads = (await bytesOf(database, "series_heads")) / seriesCount;
  return [
    {
      what: `a stored sample, ${name}, after a day`,
      figure: `${segments.toFixed(2)} bytes`,
    },
    { what: "and once per series its head", figure: `${Math.round(heads)} bytes` },
    {
      what: "both together after a day",
      figure: `${(segments + heads / scrapes).toFixed(2)} bytes`,
      value: segments + heads / scrapes,
      most,
    },
  ];
}

/**
 * Several scrapes in a batch make the same segments, but fewer updates of the heads: so the last hour is
 * billed scrape by scrape, and what the updates leave behind on the pages of the heads is there, too.
 */
async function billDay(database: BenchDatabase, workload: Workload, scrapes: number) {
  const oneByOne = scrapes / hoursOfDay;
  for (let done = 0; done < scrapes; ) {
    const taken = done < scrapes - oneByOne ? batchScrapes : 1;
    await database.bill(workload.take(seriesCount, taken));
    done += taken;
    await vacuumWhere(database, done % oneByOne === 0);
  }
}

/** A sample an hour closes as many hours as any scrape does. */
async function measureLedger(serverUrl: string): Promise<Row> {
  await using database = await createBenchDatabase(serverUrl);
  const options = { prefix: "sizes", seriesCount, scrapeMs: 3_600_000, startMs: firstMs };
  const workload = new Workload(options);
  const hours = ledgerDays * hoursOfDay;
  for (let hour = 0; hour < hours; hour += 1) {
    await database.bill(workload.take(seriesCount, 1));
    await vacuumWhere(database, true);
  }
  const bytes = (await bytesOf(database, "daily_costs")) / (seriesCount * hours);
  return {
    what: `an hour of a series in the ledger, after ${ledgerDays} days`,
    figure: `${bytes.toFixed(1)} bytes`,
    value: bytes,
    most: 45,
  };
}

/** Every hour, as autovacuum would have by then: a day is billed here in a minute. */
async function vacuumWhere({ pool }: BenchDatabase, isDue: boolean): Promise<void> {
  if (isDue) await pool.query("vacuum series_heads, daily_costs, segments");
}

/** With indexes and chunks; of an ordinary table pg_inherits knows none. */
async function bytesOf({ pool }: BenchDatabase, table: string): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    `select (pg_total_relation_size($1::regclass)
             + coalesce((select sum(pg_total_relation_size(inhrelid))
                           from pg_inherits where inhparent = $1::regclass), 0))::float8 as bytes`,
    [table],
  );
  return rows[0]?.bytes ?? Number.NaN;
}
