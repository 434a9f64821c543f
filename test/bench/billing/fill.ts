import type pg from "pg";
import { base, increase, metrics, scrapeMs, site, startMs } from "./workload.ts";

const days = 40;

/**
 * Stores measurements of `projects` × 2 series as if they had been billed: a quarter of them spread
 * over the 40 days before the start (projects that did nothing yet, in one chunk a day), the rest one
 * per scrape from the start on. Returns how many samples since the start each series has.
 */
export async function fill(
  pool: pg.Pool,
  prefix: string,
  projects: number,
  measurements: number,
): Promise<number> {
  const seriesCount = projects * metrics.length;
  const idle = Math.floor(measurements / seriesCount / 4);
  const taken = Math.floor(measurements / seriesCount) - idle;
  await insertSeries(pool, prefix, projects);
  const idleStepMs = Math.floor((days * 86_400_000) / Math.max(idle, 1) / 1000) * 1000;
  for (let sample = idle; sample > 0; sample--) {
    await insertSamples(pool, startMs - sample * idleStepMs, 0);
  }
  for (let sample = 0; sample < taken; sample++) {
    await insertSamples(pool, startMs + sample * scrapeMs, sample);
  }
  await insertCosts(pool, taken);
  await advance(pool, idle * idleStepMs, taken);
  // Once for all tables, as the server's own maintenance would have done by now.
  await pool.query("vacuum analyze");
  return taken;
}

async function insertSeries(pool: pg.Pool, prefix: string, projects: number): Promise<void> {
  await pool.query(
    "insert into projects (project_name) select $1::text || '-' || n from generate_series(0, $2::int4 - 1) as n",
    [prefix, projects],
  );
  await pool.query(
    `insert into series (project_id, metric, site, resource)
     select project_id, metric, $2::text, '' from projects cross join unnest($1::text[]) as metric`,
    [metrics, site],
  );
}

/** One sample of every series, as a scrape brings them: so the rows lie in the order of time. */
async function insertSamples(pool: pg.Pool, timeMs: number, number: number): Promise<void> {
  await pool.query({
    name: "fill",
    text: `insert into measurements (series_id, time, value)
           select series_id, timestamptz 'epoch' + $1::int8 * interval '1 millisecond', $2::numeric from series`,
    values: [timeMs, valueAt(number)],
  });
}

const valueAt = (number: number) => String(base + number * increase);

/** A sample lies on every full hour, so an hour's usage is the difference of two stored values. */
async function insertCosts(pool: pg.Pool, taken: number): Promise<void> {
  const hours: string[] = [];
  const usages: string[] = [];
  const perHour = 3_600_000 / scrapeMs;
  for (let number = 0; number < taken - 1; number += perHour) {
    hours.push(new Date(startMs + number * scrapeMs).toISOString());
    usages.push(`${valueAt(Math.min(number + perHour, taken - 1))}-${valueAt(number)}`);
  }
  await pool.query(
    `insert into hourly_costs (series_id, hour, usage, credits)
     select series_id, hour, usage, usage * price.credits
       from (select hour, split_part(difference, '-', 1)::numeric - split_part(difference, '-', 2)::numeric as usage
               from unnest($1::timestamptz[], $2::text[]) as costs (hour, difference)) as costs
      cross join series
       join tariffs as price using (metric)`,
    [hours, usages],
  );
}

async function advance(pool: pg.Pool, idleMs: number, taken: number): Promise<void> {
  await pool.query(
    `update series
        set first_time = timestamptz 'epoch' + $1::int8 * interval '1 millisecond',
            last_time = timestamptz 'epoch' + $2::int8 * interval '1 millisecond',
            last_value = $3::numeric`,
    [startMs - idleMs, startMs + (taken - 1) * scrapeMs, valueAt(taken - 1)],
  );
  await pool.query(
    `update projects
        set used_credits = total.credits
       from (select project_id, sum(credits) as credits
               from hourly_costs join series using (series_id) group by project_id) as total
      where total.project_id = projects.project_id`,
  );
}
