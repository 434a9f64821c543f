import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { keys } from "../../support/api-keys.ts";
import { type Call, httpEvent, lambdaContext } from "../../support/http-event.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { httpRoutes } from "../../support/service-file.ts";
import { writtenFields } from "../../support/written-fields.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

type Scope = "ingest" | "read" | "admin";

/** The scope that each route needs; null: none. */
const scopes: Readonly<Record<string, Scope | null>> = {
  "POST /measurements": "ingest",
  "POST /write": "ingest",
  "GET /api/current_credits/{project_name}": "read",
  "GET /api/credits_history/{project_name}": "read",
  "GET /api/current_credits": "read",
  "GET /api/credits_history": "read",
  "GET /api/hourly_costs/{project_name}": "read",
  "GET /api/hourly_costs": "read",
  "GET /api/explain/{project_name}": "read",
  "GET /api/explain": "read",
  "GET /api/statements/{project_name}": "read",
  "GET /api/statements": "read",
  "GET /api/statements/{project_name}/{month}": "read",
  "GET /api/projects": "read",
  "GET /": "read",
  "GET /api/sites": "read",
  "GET /api/metrics": "read",
  "POST /api/costs_per_hour": "read",
  "POST /api/estimates": "read",
  "POST /api/links": "read",
  "DELETE /api/links/{project_name}": "admin",
  "DELETE /api/links": "admin",
  "PUT /api/projects/{project_name}/grant": "admin",
  "POST /api/projects/{project_name}/adjustments": "admin",
  "PUT /api/projects/grant": "admin",
  "POST /api/projects/adjustments": "admin",
  "GET /ping": null,
  "GET /openapi.json": null,
  "GET /api/doc": null,
  "GET /assets/{asset}": null,
  "GET /credits_history/{project_name}": "read",
  "GET /credits_history": "read",
  "*": null,
};

/** Takes the key in its body: session.test.ts. */
const others = ["POST /session"];

async function call(route: string, headers: Record<string, string>) {
  const { handler } = await import(`../../../functions/${httpRoutes.get(route)}.ts`);
  const [method = "", path = "/"] = route.split(" ");
  const pathParameters = { project_name: "nobody" };
  return handler(httpEvent({ method, path, pathParameters, headers }), lambdaContext);
}

const ways: Readonly<Record<string, (key: string) => Record<string, string>>> = {
  "X-API-KEY": (key) => ({ "X-API-KEY": key }),
  "Authorization: Bearer": (key) => ({ Authorization: `Bearer ${key}` }),
  "authorization: bearer, in small letters": (key) => ({ authorization: `bearer ${key}` }),
  "the password of Authorization: Basic": (key) => ({
    Authorization: `Basic ${Buffer.from(`prometheus:${key}`).toString("base64")}`,
  }),
};
const sent: Readonly<Record<string, string | null>> = {
  "no key": null,
  "an empty key": "",
  "a wrong key": "wrong-key",
  "the hash of a key": "5d7b6d0c3e3f0d3b8a6a1f0e9c2d4b5a6978c0d1e2f3a4b5c6d7e8f9a0b1c2d3",
  "the ingest key": keys.ingest,
  "the key of a site": keys.site,
  "the read key": keys.read,
  "the key of a project": keys.readProject,
  "the key of a site to read": keys.readSite,
  "the admin key": keys.admin,
};
const opens: Readonly<Record<string, readonly Scope[]>> = {
  "the ingest key": ["ingest"],
  "the key of a site": ["ingest"],
  "the read key": ["read"],
  "the key of a project": ["read"],
  "the key of a site to read": ["read"],
  "the admin key": ["ingest", "read", "admin"],
};

/** Undefined: whatever the route answers to those who may ask. */
function expectedStatus(scope: Scope | null, what: string, way: string): number | undefined {
  if (scope === null) return undefined;
  const isSeen = !way.includes("Basic") || scope === "ingest";
  const opened = opens[what];
  if (opened === undefined || !isSeen) return 401;
  return opened.includes(scope) ? undefined : 403;
}

test("the table below knows every route of serverless.yml", () => {
  expect([...httpRoutes.keys()].sort()).toEqual([...Object.keys(scopes), ...others].sort());
});

describe.each(Object.entries(scopes))("%s", (route, scope) => {
  test.each(
    Object.entries(sent).flatMap(([what, key]) =>
      Object.entries(ways).map(([way, headers]) => ({ what, way, headers, key })),
    ),
  )("with $what as $way", async ({ what, way, headers, key }) => {
    const answer = await call(route, key === null ? {} : headers(key));
    const status = expectedStatus(scope, what, way);
    const code = answer.statusCode < 400 ? undefined : JSON.parse(answer.body).code;
    // What such a key may not read is the matter of another test.
    const isRefused = code === "project-forbidden" && what.startsWith("the key of a");
    if (status !== undefined) expect(answer.statusCode).toBe(status);
    else if (!isRefused) expect([401, 403, 429, 500, 503]).not.toContain(answer.statusCode);
    const caching = answer.statusCode === 200 ? /^no-store$|^private/ : /^no-store$/;
    if (scope === null)
      expect([undefined, "private, no-cache"]).toContain(answer.headers["cache-control"]);
    else expect(answer.headers["cache-control"]).toMatch(caching);
    if (status === 401) expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
    if (status !== undefined) expect(answer.body).not.toContain(key || "no key at all");
  });
});

describe("a key for one site", () => {
  const minute = (minutes: number) => Date.UTC(2026, 10, 23, 9, minutes);
  const json = (label: string, at: number, value: number): Partial<Call> => ({
    body: JSON.stringify({
      measurements: [
        {
          project_name: "sited json",
          metric: "project_vcpu_usage",
          time: minute(at),
          value,
          ...(label === "" ? {} : { site: label }),
        },
      ],
    }),
  });
  const page = (label: string, at: number, value: number): Partial<Call> => ({
    headers: { "content-type": "text/plain" },
    body: `project_vcpu_usage{project_name="sited page"${label && `,location_id="${label}"`}} ${value} ${minute(at)}\n`,
  });
  const line = (label: string, at: number, value: number): Partial<Call> => ({
    path: "/write",
    headers: { "content-type": "" },
    body: `project_vcpu_usage,${label && `location_id=${label},`}project_name=sited\\ line value=${value} ${minute(at)}000000`,
  });

  test.each([
    ["JSON", "sited json", json],
    ["a page", "sited page", page],
    ["line protocol", "sited line", line],
  ])("gives %s without a site its own, and refuses another's", async (_format, name, request) => {
    const send = ({ headers, ...rest }: Partial<Call>) =>
      functions.receive({ ...rest, headers: { ...headers, "x-api-key": keys.site } });
    const refused = await send(request("6544", 0, 0));
    expect(refused.statusCode).toBe(403);
    expect(JSON.parse(refused.body)).toMatchObject({ code: "site-forbidden" });
    expect(await functions.billQueued()).toBe(0);
    expect((await send(request("", 0, 0))).statusCode).toBeLessThan(300);
    expect((await send(request("8676", 10, 5))).statusCode).toBeLessThan(300);
    await functions.billQueued();
    const credits = await functions.call("credits", {
      headers: { "x-api-key": keys.read },
      pathParameters: { project_name: name },
    });
    // One series: the measurement without a site is the site's, too.
    expect(writtenFields(credits)).toMatchObject({ current_credits: "5.0" });
  });
});
