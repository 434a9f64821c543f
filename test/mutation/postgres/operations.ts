import type { Mutation } from "../mutation.ts";

export const operations: readonly Mutation[] = [
  {
    id: "P15",
    file: "lib/postgres/operations/queries/insert-discard.ts",
    from: "from_time <= $2::timestamptz and until_time >= $3::timestamptz",
    to: "from_time >= $2::timestamptz and until_time <= $3::timestamptz",
    harm: "a second, wider discard is not recorded: what is sent again there is billed",
    tests: ["integration/operations/discard.test.ts"],
  },
  {
    id: "P56",
    file: "lib/postgres/operations/rerate.ts",
    from: `  await lockTariffs(client);
`,
    to: "",
    harm: "a series that is created while a re-rating begins is never billed by its tariffs",
    tests: ["integration/operations/rerate.test.ts"],
  },
  {
    id: "O01",
    file: "lib/postgres/operations/queries/update-series-rerated.ts",
    from: `
   where series_id = $1::int4\``,
    to: `
   where $1::int4 is not null\``,
    harm: "a re-rating of one project counts as done for all",
    tests: ["integration/operations/rerate.test.ts"],
  },
  {
    id: "O02",
    file: "lib/postgres/operations/queries/delete-settled-segments.ts",
    from: "segments.until_time <= series.floor_time",
    to: "segments.from_time <= series.floor_time",
    harm: "retention removes samples behind the floor that are not settled",
    tests: ["integration/operations/remove-old-measurements.test.ts"],
  },
  {
    id: "O03",
    file: "lib/postgres/operations/queries/empty-settled-heads.ts",
    from: "last_time <= floor_time",
    to: "last_time >= floor_time",
    harm: "retention empties the heads of series that go on",
    tests: ["integration/operations/remove-old-measurements.test.ts"],
  },
  {
    id: "O04",
    file: "lib/postgres/operations/queries/select-unfinished-rerate.ts",
    from: `
     and finished_at is null`,
    to: "",
    harm: "the same order given a year later is taken for one that is finished: nothing is billed anew",
    tests: ["integration/operations/rerate.test.ts"],
  },
  {
    id: "O05",
    file: "lib/postgres/operations/queries/select-last-verified.ts",
    from: "order by verification_id desc",
    to: "order by verification_id",
    harm: "the nightly verification begins at the same project every night",
    tests: ["integration/operations/verify-ledger.test.ts"],
  },
  {
    id: "O06",
    file: "lib/postgres/operations/queries/update-first-time.ts",
    from: `
     and floor_time is null`,
    to: "",
    harm: "a discard makes a settled series begin later: its history and its rates change",
    tests: ["integration/operations/remove-old-measurements.test.ts"],
  },
  {
    id: "O07",
    file: "lib/postgres/operations/retention.ts",
    from: "import { lockProjectSeries } from",
    to: "import { readProjectSeries as lockProjectSeries } from",
    harm: "retention settles what a biller is changing at the moment",
    tests: ["integration/ledger/locks.test.ts"],
  },
  {
    id: "O08",
    file: "lib/postgres/operations/rerate.ts",
    from: "import { lockProjectSeries } from",
    to: "import { readProjectSeries as lockProjectSeries } from",
    harm: "a re-rating beside a biller fails, or tells another difference than it books",
    tests: ["integration/ledger/locks.test.ts"],
  },
  {
    id: "O09",
    file: "lib/postgres/operations/queries/delete-settled-segments.ts",
    from: "where segments.series_id = settled.series_id\n     and",
    to: "where",
    harm: "retention removes samples of other series that begin at the same times and are not settled",
    tests: ["integration/operations/remove-old-measurements.test.ts"],
  },
  {
    id: "O10",
    file: "lib/postgres/operations/queries/select-projects-after.ts",
    from: "series.project_id = projects.project_id\n              and",
    to: "",
    harm: "the nightly look at what changed lately is about everything, and never comes to its end",
    tests: ["integration/operations/verify-ledger.test.ts"],
  },
];
