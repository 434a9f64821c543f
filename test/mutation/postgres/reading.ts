import type { Mutation } from "../mutation.ts";

export const reading: readonly Mutation[] = [
  {
    id: "P31",
    file: "lib/postgres/reading/pending.ts",
    from: "pending.set(projectId, (pending.get(projectId) ?? 0n) + credits);",
    to: "pending.set(projectId, credits);",
    harm: "of several drops of a project only one counts as pending",
    tests: ["integration/http/projects.test.ts"],
  },
  {
    id: "P70",
    file: "lib/postgres/reading/queries/listed-projects.ts",
    from: "($2::text[] is null or project_name = any ($2::text[]))",
    to: "($2::text[] is null or project_name is not null)",
    harm: "a key that is bound to a project lists all others",
    tests: ["integration/http/projects.test.ts"],
  },
  {
    id: "P71",
    file: "lib/postgres/reading/queries/select-project-state.ts",
    from: "series.xmin::text::int8 + series_heads.xmin::text::int8",
    to: "series.xmin::text::int8",
    harm: "a browser keeps showing what was used before the last measurements",
    tests: ["integration/http/repeated-questions.test.ts"],
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
