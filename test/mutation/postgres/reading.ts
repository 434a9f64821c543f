import type { Mutation } from "../mutation.ts";

export const reading: readonly Mutation[] = [
  {
    id: "P31",
    file: "lib/postgres/reading/queries/select-open-drops.ts",
    from: `   where project_name = $1::text
`,
    to: `   where $1::text is not null
`,
    harm: "the pending credits of all projects are shown to each",
    tests: ["integration/reading/two-projects.test.ts"],
  },
  {
    id: "P55",
    file: "lib/postgres/reading/credits.ts",
    from: "if (toUnavailable(error) === undefined) throw error;",
    to: "throw toUnavailable(error) ?? error;",
    harm: "the first read after the server closed idle connections is a 503",
    tests: ["unit/postgres/reading/credits.test.ts"],
  },
  {
    id: "P55b",
    file: "lib/postgres/reading/credits.ts",
    from: `    if (toUnavailable(error) === undefined) throw error;
`,
    to: "",
    harm: "a query that is wrong is sent twice",
    tests: ["unit/postgres/reading/credits.test.ts"],
  },
  {
    id: "R02",
    file: "lib/postgres/reading/credits.ts",
    from: `return row.has_open_drops
      ?`,
    to: `return !row.has_open_drops
      ?`,
    harm: "pending credits are never told",
    tests: ["integration/reading/two-projects.test.ts"],
  },
  {
    id: "R03",
    file: "lib/postgres/reading/queries/select-segments-after.ts",
    from: `             where segments.series_id = $1::int4
               and from_time <= bounds."until"`,
    to: `             where from_time <= bounds."until"`,
    harm: "the samples of every project are printed as those of one",
    tests: ["integration/reading/two-projects.test.ts"],
  },
];
