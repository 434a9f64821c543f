import type { Mutation } from "../mutation.ts";

export const grants: readonly Mutation[] = [
  {
    id: "G01",
    file: "lib/postgres/grants/queries/select-idempotency-key.ts",
    from: "   where idempotency_key = $1::text",
    to: "   where $1::text is not null",
    harm: "the outcome of another request is answered",
    tests: ["integration/grants/adjustments.test.ts"],
  },
  {
    id: "G02",
    file: "lib/postgres/grants/portal-grants.ts",
    from: `  await lockProjects(
    client,
    pulled.map(({ projectName }) => projectName),
  );
`,
    to: "",
    harm: "an answer of the portal overwrites what an admin grants at the same moment",
    tests: ["integration/grants/refresh-grants-beside-admins.test.ts"],
  },
  {
    id: "G03",
    file: "lib/postgres/grants/queries/update-granted-credits.ts",
    from: "revision = revision + 1",
    to: "revision = revision",
    harm: "a reader that asks by revision never learns of a grant",
    tests: ["integration/grants/set-grant.test.ts"],
  },
  {
    id: "G04",
    file: "lib/postgres/grants/queries/insert-adjustment.ts",
    from: `  on conflict (idempotency_key) do nothing
`,
    to: "",
    harm: "a refund that is sent twice ends as a fault instead of being answered",
    tests: ["integration/grants/adjustments.test.ts"],
  },
  {
    id: "G05",
    file: "lib/postgres/grants/grants-and-adjustments.ts",
    from: `  if ((await lockProjects(client, [projectName])) === 1) return;
  await insertProjects(client, [projectName]);
  await lockProjects(client, [projectName]);
`,
    to: `  await insertProjects(client, [projectName]);
`,
    harm: "two admins who grant the same at once leave two rows of which one says nothing",
    tests: ["integration/ledger/locks.test.ts"],
  },
  {
    id: "G06",
    file: "lib/postgres/grants/queries/update-granted-credits.ts",
    from: `where project_name = $1::text`,
    to: `where $1::text is not null`,
    harm: "a grant to one project is granted to all",
    tests: ["integration/grants/two-projects.test.ts"],
  },
  {
    id: "G07",
    file: "lib/postgres/grants/queries/update-idempotency-key.ts",
    from: `where idempotency_key = $1::text`,
    to: `where $1::text is not null`,
    harm: "a request that is repeated is answered with the outcome of the latest one of anybody",
    tests: ["integration/grants/two-projects.test.ts"],
  },
];
