import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { linkToken } from "../../../lib/http/stack/project-links.ts";
import { signToken } from "../../../lib/http/stack/signed-token.ts";
import { keys, linkKeys } from "../../support/api-keys.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.now();
const beganMs = Math.floor(nowMs / hourMs) * hourMs - 3 * hourMs;
let functions: Functions;

/** Two projects whose figures nobody could mistake for each other's, one of them at another site. */
beforeAll(async () => {
  functions = await loadFunctions();
  const measured = (project_name: string, site: string, value: number) =>
    [0, 1, 2].map((hours) => ({
      project_name,
      site,
      metric: "project_vcpu_usage",
      value: value * hours,
      time: new Date(beganMs + hours * hourMs).toISOString(),
    }));
  const measurements = [
    ...measured("bound", "8650", 11.71255),
    ...measured("of the site", "8676", 31.90685),
    ...measured("another", "8650", 42.72895),
  ];
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const ofOneProject = ["credits", "history", "costs", "explain", "statements", "page"] as const;
type Route = (typeof ofOneProject)[number];
// What each used in an hour; the other figures are those of two.
const hourly = { bound: "11.71255", "of the site": "31.90685", another: "42.72895" } as const;
const used = { bound: "23.4251", "of the site": "63.8137", another: "85.4579" } as const;
type Project = keyof typeof used;
const projects = Object.keys(used) as Project[];

interface Asking {
  readonly key?: string;
  readonly link?: string;
}
const read = (route: Route, project: string, { key, link }: Asking) =>
  functions.call(route, {
    path: `/${route}/${project}`,
    pathParameters: { project_name: project },
    query: { hour: new Date(beganMs).toISOString(), ...(link === undefined ? {} : { link }) },
    headers: key === undefined ? {} : { "x-api-key": key },
  });

const [newest, older] = linkKeys as [(typeof linkKeys)[0], (typeof linkKeys)[0]];
const link = { projectName: "bound", generation: 0, expiresMs: nowMs + dayMs };
const token = linkToken(newest, link);
const [version, id, payload, mac] = token.split(".");
const foreign = { id: newest.id, secret: "a key that is not configured anywhere" };

/** What opens which projects; "refused" with the status and code of the others. */
const askings: readonly [
  what: string,
  asking: Asking,
  opens: readonly Project[],
  refused: string,
][] = [
  ["no key", {}, [], "401 key-missing"],
  ["a read key", { key: keys.read }, projects, ""],
  ["an admin key", { key: keys.admin }, projects, ""],
  ["a key of a project", { key: keys.readProject }, ["bound"], "403 project-forbidden"],
  ["a key of a site", { key: keys.readSite }, ["of the site"], "403 project-forbidden"],
  ["a key that reports", { key: keys.ingest }, [], "403 scope-insufficient"],
  ["a link", { link: token }, ["bound"], "403 link-invalid"],
  ["a link of the key before", { link: linkToken(older, link) }, ["bound"], "403 link-invalid"],
  [
    "a key and a link: the key counts",
    { key: keys.readSite, link: token },
    ["of the site"],
    "403 project-forbidden",
  ],
  ["a wrong key and a link", { key: "wrong", link: token }, [], "401 key-unknown"],
  ["a link of another key", { link: linkToken(foreign, link) }, [], "403 link-invalid"],
  [
    "a link of an unknown key id",
    { link: `${version}.other.${payload}.${mac}` },
    [],
    "403 link-invalid",
  ],
  ["a link of another version", { link: `v2.${id}.${payload}.${mac}` }, [], "403 link-invalid"],
  [
    "a link with the content of another",
    {
      link: `${version}.${id}.${linkToken(newest, { ...link, projectName: "another" }).split(".")[2]}.${mac}`,
    },
    [],
    "403 link-invalid",
  ],
  ["a link that was cut", { link: token.slice(0, -1) }, [], "403 link-invalid"],
  ["an empty link", { link: "" }, [], "403 link-invalid"],
  ["a text that is no link", { link: "x".repeat(10_000) }, [], "403 link-invalid"],
  [
    "a token for another purpose",
    { link: signToken(newest, "session", { p: "bound", g: 0, e: 9_999_999_999 }) },
    [],
    "403 link-invalid",
  ],
  ["a link without content", { link: signToken(newest, "link", {}) }, [], "403 link-invalid"],
  [
    "a link of another generation",
    { link: linkToken(newest, { ...link, generation: 1 }) },
    [],
    "403 link-invalid",
  ],
];

describe.each(askings)("%s", (_what, asking, opens, refused) => {
  test.each(ofOneProject.flatMap((route) => projects.map((project) => [route, project] as const)))(
    "%s of %s",
    async (route, project) => {
      const answer = await read(route, project, asking);
      const others = projects.filter((one) => !opens.includes(one) || one !== project);
      for (const other of others) {
        expect(answer.body).not.toContain(used[other]);
        expect(answer.body).not.toContain(hourly[other]);
      }
      if (opens.includes(project)) {
        expect(answer.statusCode).toBe(200);
        expect(answer.body).toContain((route === "explain" ? hourly : used)[project]);
      } else {
        expect(`${answer.statusCode} ${JSON.parse(answer.body).code}`).toBe(refused);
        expect(answer.headers["cache-control"]).toBe("no-store");
      }
    },
  );
});

test("a link that is over says when it ended, but only to those who have the genuine one", async () => {
  const over = { ...link, expiresMs: Date.UTC(2026, 10, 1) };
  const answer = await read("credits", "bound", { link: linkToken(newest, over) });
  expect(answer.statusCode).toBe(403);
  expect(JSON.parse(answer.body)).toMatchObject({
    code: "link-expired",
    detail: "This link ended at 2026-11-01T00:00:00.000Z. Ask for a new one.",
  });
  const forged = await read("credits", "bound", { link: linkToken(foreign, over) });
  expect(JSON.parse(forged.body).code).toBe("link-invalid");
});

test("a project that does not exist is unknown to a key, and no more than that to a link", async () => {
  const missing = { ...link, projectName: "nobody" };
  const byLink = await read("credits", "nobody", { link: linkToken(newest, missing) });
  expect(JSON.parse(byLink.body).code).toBe("link-invalid");
  const byKey = await read("credits", "nobody", { key: keys.read });
  expect(JSON.parse(byKey.body).code).toBe("project-unknown");
});

test("a browser gets a page that says what to do about a link, in its language", async () => {
  const answer = await functions.call("page", {
    pathParameters: { project_name: "bound" },
    query: { link: "wrong" },
    headers: { accept: "text/html,*/*", "accept-language": "de-DE,de;q=0.9" },
  });
  expect(answer.statusCode).toBe(403);
  expect(answer.headers["content-type"]).toMatch(/^text\/html/);
  expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  expect(answer.body).toContain("Dieser Link öffnet diese Seite nicht");
});

test("the page that a link opens carries it on, and says until when it holds", async () => {
  const { body } = await read("page", "bound", { link: token });
  const addresses = [...body.matchAll(/href="(\/(?:api|credits_history)[^"]*)"/g)].map(
    ([, one]) => one,
  );
  expect(addresses.length).toBeGreaterThan(5);
  for (const address of addresses) expect(address).toContain(`link=${token}`);
  expect(body).toContain(`<input type="hidden" name="link" value="${token}">`);
  expect(body).toContain("This link opens this project until");
});

describe("POST /api/links", () => {
  const make = (body: object, key: string = keys.read) =>
    functions.call("link", {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  test("makes an address that opens the project, for thirty days", async () => {
    const answer = await make({ project_name: "bound" });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { url, expires_at, key_id } = JSON.parse(answer.body);
    expect(key_id).toBe(newest.id);
    const days = (Date.parse(expires_at) - Date.now()) / dayMs;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
    const { origin, pathname, searchParams } = new URL(url);
    expect(`${origin}${pathname}`).toBe("https://credits.example.org/credits_history/bound");
    const opened = await read("credits", "bound", { link: searchParams.get("link") ?? "" });
    expect(opened.statusCode).toBe(200);
  });

  test("puts a name that a gateway would cut into the query", async () => {
    await functions.receive({
      body: JSON.stringify({
        measurements: [
          {
            project_name: "a/b %2F",
            metric: "project_vcpu_usage",
            value: 0,
            time: new Date(nowMs).toISOString(),
          },
        ],
      }),
    });
    await functions.billQueued();
    const { url } = JSON.parse((await make({ project_name: "a/b %2F", days: 1 })).body);
    const { pathname, searchParams } = new URL(url);
    expect(pathname).toBe("/credits_history");
    const query = Object.fromEntries(searchParams);
    expect(query["project_name"]).toBe("a/b %2F");
    const page = await functions.call("page", { query });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<input type="hidden" name="project_name" value="a/b %2F">');
  });

  test.each([
    [
      "more days than are allowed",
      { project_name: "bound", days: 91 },
      keys.read,
      400,
      "parameter-invalid",
    ],
    ["half a day", { project_name: "bound", days: 0.5 }, keys.read, 400, "parameter-invalid"],
    ["no project", {}, keys.read, 400, "parameter-invalid"],
    [
      "a field that is not known",
      { project_name: "bound", day: 1 },
      keys.read,
      400,
      "parameter-invalid",
    ],
    [
      "a project that does not exist",
      { project_name: "nobody" },
      keys.read,
      404,
      "project-unknown",
    ],
    [
      "another project's key",
      { project_name: "another" },
      keys.readProject,
      403,
      "project-forbidden",
    ],
    ["another site's key", { project_name: "another" }, keys.readSite, 403, "project-forbidden"],
    ["a key that reports", { project_name: "bound" }, keys.ingest, 403, "scope-insufficient"],
  ])("refuses %s", async (_what, body, key, status, code) => {
    const answer = await make(body, key);
    expect(answer.statusCode).toBe(status);
    expect(JSON.parse(answer.body).code).toBe(code);
  });

  test("is not opened by a link", async () => {
    const answer = await functions.call("link", {
      method: "POST",
      query: { link: token },
      body: JSON.stringify({ project_name: "bound" }),
    });
    expect(answer.statusCode).toBe(401);
  });
});

test("GET /api/sites shows a site's key its site, and a project's key none", async () => {
  const sites = (key: string) => functions.call("sites", { headers: { "x-api-key": key } });
  const names = async (key: string) =>
    JSON.parse((await sites(key)).body).data.map(({ site }: { site: string }) => site);
  expect(await names(keys.read)).toEqual(["", "8650", "8676"]);
  expect(await names(keys.readSite)).toEqual(["8676"]);
  expect((await sites(keys.readProject)).statusCode).toBe(403);
});

// The last one: it ends the links of the others.
test("DELETE /api/links ends the links of a project at once, and no others", async () => {
  const ofAnother = linkToken(newest, { ...link, projectName: "another" });
  const pathParameters = { project_name: "bound" };
  const call = { method: "DELETE", pathParameters };
  const refused = await functions.call("revocation", {
    ...call,
    headers: { "x-api-key": keys.read },
  });
  expect(refused.statusCode).toBe(403);
  const revoked = await functions.call("revocation", {
    ...call,
    headers: { "x-api-key": keys.admin },
  });
  expect(JSON.parse(revoked.body)).toEqual({ project_name: "bound", link_generation: 1 });
  const statuses = async (route: Route) => [
    (await read(route, "bound", { link: token })).statusCode,
    (await read(route, "another", { link: ofAnother })).statusCode,
  ];
  for (const route of ofOneProject) expect(await statuses(route)).toEqual([403, 200]);
  const anew = linkToken(newest, { ...link, generation: 1 });
  expect((await read("page", "bound", { link: anew })).statusCode).toBe(200);
});
