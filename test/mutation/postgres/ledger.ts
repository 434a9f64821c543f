import type { Mutation } from "../mutation.ts";

export const ledger: readonly Mutation[] = [
  {
    id: "P03",
    file: "lib/postgres/ledger/locked-series.ts",
    from: `    await lockProjects(this.#client, namesOf(keys.filter(({ name }) => !early.has(name))));
`,
    to: "",
    harm: "the first scrapes of a new series are billed beside another biller: a batch that fails, or lost usage",
    tests: ["integration/ledger/bill-measurements.test.ts"],
  },
  {
    id: "P19",
    file: "lib/postgres/ledger/queries/insert-series.ts",
    from: `
                and (rerates.site is null or rerates.site = new.site)`,
    to: "",
    harm: "a new series of another site is billed at the tariffs of the re-rating of one site",
    tests: ["integration/operations/rerate.test.ts"],
  },
  {
    id: "P23",
    file: "lib/postgres/ledger/usage.ts",
    from: "Math.min(firstMs ?? row.first_ms, row.first_ms)",
    to: "Math.max(firstMs ?? row.first_ms, row.first_ms)",
    harm: "the rates of a project with a new series are far too high: false alarms",
    tests: ["integration/reading/credits-forecast.test.ts"],
  },
  {
    id: "P30",
    file: "lib/postgres/ledger/queries/select-segment-windows.ts",
    from: `
   order by position, from_ms\``,
    to: "`",
    harm: "samples are folded in the order of storage: money is wrong",
    tests: ["integration/ledger/order-of-time.test.ts"],
  },
  {
    id: "P30b",
    file: "lib/postgres/ledger/queries/select-segments-at.ts",
    from: `
   order by series_id, from_ms\``,
    to: "`",
    harm: "late samples are merged with segments in the order of storage",
    tests: ["integration/ledger/order-of-time.test.ts"],
  },
  {
    id: "P35",
    file: "lib/postgres/ledger/queries/select-tariff-start.ts",
    from: "(select round(date_part('epoch', max(last_time)) * 1000) + 1",
    to: "(select 0 * max(date_part('epoch', last_time))",
    harm: "a new price counts for measurements of a fast clock that were billed by the old one: the ledger drifts",
    tests: ["integration/ledger/tariff-start.test.ts"],
  },
  {
    id: "P57",
    file: "lib/postgres/ledger/stored-series.ts",
    from: `  await lockProjects(client, [projectName]);
`,
    to: "",
    harm: "a discard or a re-rating beside a biller loses usage",
    tests: ["integration/operations/discard.test.ts"],
  },
  {
    id: "P61",
    file: "lib/postgres/ledger/queries/upsert-samples-dropped.ts",
    from: "samples_dropped.count + excluded.count",
    to: "excluded.count",
    harm: "counts of what is not billed are far too low",
    tests: [
      "integration/ledger/bill-measurements.test.ts",
      "integration/ingest/send-to-queue.test.ts",
    ],
  },
  {
    id: "P32",
    file: "lib/postgres/ledger/queries/select-project-series.ts",
    from: "($3::text is null or metric = $3::text)",
    to: "($3::text is null or $3::text is not null)",
    harm: "a discard of one metric takes all metrics out of the bill",
    tests: ["integration/operations/discard.test.ts"],
  },
  {
    id: "L01",
    file: "lib/postgres/ledger/queries/append-to-heads.ts",
    from: `
     and series_heads.last_time = new.expected_time\``,
    to: "`",
    harm: "two billers of which one overlooked a lock bill the same usage twice",
    tests: ["integration/operations/stored-series.test.ts"],
  },
  {
    id: "L02",
    file: "lib/postgres/ledger/queries/update-heads.ts",
    from: `
     and series_heads.last_time is not distinct from new.expected_time\``,
    to: "`",
    harm: "the same, where an hour or a segment begins",
    tests: ["integration/operations/stored-series.test.ts"],
  },
  {
    id: "L03",
    file: "lib/postgres/ledger/queries/seal-segments.ts",
    from: "segment_count > 0",
    to: `segment_count > 0
     and segment_count < 100`,
    harm: "a full segment vanishes: its samples are in no bill that is made anew",
    tests: ["integration/operations/stored-series.test.ts"],
  },
  {
    id: "L04",
    file: "lib/postgres/ledger/queries/close-hours.ts",
    from: "array_fill(null::numeric, array[hour]) || credits",
    to: "array_fill(null::numeric, array[23 - hour]) || credits",
    harm: "credits stand in another hour of the day than their usage",
    tests: [
      "integration/operations/stored-series.test.ts",
      "integration/reading/credits-forecast.test.ts",
      "integration/operations/verify-ledger.test.ts",
    ],
  },
  {
    id: "L05",
    file: "lib/postgres/ledger/used-credits.ts",
    from: "(credits.get(projectId) ?? 0n) + creditsOfHours(hours)",
    to: "creditsOfHours(hours)",
    harm: "of several series in a batch only the last one is paid",
    tests: ["integration/ledger/bill-measurements.test.ts"],
  },
  {
    id: "L06",
    file: "lib/postgres/ledger/queries/update-first-times.ts",
    from: "first_time is null or first_time >",
    to: "first_time is null or first_time <",
    harm: "a series begins later than its measurements: rates too high, and no retention",
    tests: ["integration/operations/stored-series.test.ts"],
  },
  {
    id: "L07",
    file: "lib/postgres/ledger/write-hours.ts",
    from: `  await writeCorrections(client, changes, cause);
`,
    to: "",
    harm: "nobody can tell why a bill of the past has changed",
    tests: ["integration/ledger/bill-measurements.test.ts"],
  },
  {
    id: "L08",
    file: "lib/postgres/ledger/queries/upsert-measurement-conflicts.ts",
    from: "count = measurement_conflicts.count + excluded.count",
    to: "count = excluded.count",
    harm: "a sender that contradicts itself all day is shown as one conflict",
    tests: ["integration/ledger/bill-measurements.test.ts"],
  },
  {
    id: "L09",
    file: "lib/postgres/ledger/billing-ledger.ts",
    from: "      forgetKnownSeries();\n",
    to: "",
    harm: "a project that was deleted by hand is never billed again by the same biller",
    tests: ["integration/ledger/bill-measurements.test.ts"],
  },
  {
    id: "L10",
    file: "lib/postgres/ledger/queries/insert-projects.ts",
    from: "  on conflict (project_name) do nothing`",
    to: "`",
    harm: "two billers that meet a new project: one batch becomes dead letters",
    tests: ["integration/ledger/bill-measurements.test.ts", "integration/grants/set-grant.test.ts"],
  },
  {
    id: "L11",
    file: "lib/postgres/ledger/apply-tariffs.ts",
    from: `    await lockTariffs(client);
`,
    to: "",
    harm: "a batch that is billed while a price changes is billed by the old one, behind its beginning",
    tests: ["integration/ledger/locks.test.ts"],
  },
  {
    id: "L12",
    file: "lib/postgres/ledger/queries/lock-projects.ts",
    from: `
     for no key update\``,
    to: "`",
    harm: "billers of one project lose or repeat usage, or their batches fail",
    tests: ["integration/ledger/bill-measurements.test.ts"],
  },
];
