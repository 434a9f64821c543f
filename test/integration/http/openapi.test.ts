import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { HttpAnswer } from "../../../lib/http/stack/answer.ts";
import { readAssets } from "../../../lib/web/assets.ts";
import { documentedAnswers, expectDescribed, statusesOf } from "../../support/api-description.ts";
import { keys } from "../../support/api-keys.ts";
import { type Call, httpEvent, lambdaContext } from "../../support/http-event.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { httpRoutes } from "../../support/service-file.ts";

/** Settings of an installation where something is missing or switched off. */
const installations = {
  usual: {},
  "without a database": { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" },
  "without a queue": { SQS_ENDPOINT: "http://127.0.0.1:1" },
  "without links": { LINK_KEYS: "" },
  "with few requests": { RATE_LIMIT_PER_MINUTE: "1" },
} as const;
type Installation = keyof typeof installations;

interface Asking extends Partial<Call> {
  readonly key?: string | null;
  readonly project?: string;
  readonly at?: Installation;
}

const hourMs = 3_600_000;
const beganMs = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs;
const hour = new Date(beganMs).toISOString();
const month = new Date().toISOString().slice(0, 7);
const asset = readAssets().stylesheet.name;

const seen = new Set<string>();
let before: NodeJS.ProcessEnv;
let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
  before = { ...process.env };
  const measurements = [0, 1, 2].map((hours) => ({
    project_name: "bound",
    site: "8650",
    metric: "project_vcpu_usage",
    value: hours * 4.5,
    time: new Date(beganMs + hours * hourMs).toISOString(),
  }));
  await functions.receive({ body: JSON.stringify({ measurements }) });
  await functions.billQueued();
});
afterAll(async () => {
  process.env = before;
  await functions[Symbol.asyncDispose]();
});

async function ask(route: string, asking: Asking = {}): Promise<HttpAnswer> {
  const { key = keys.admin, project = "bound", at = "usual", ...call } = asking;
  process.env = { ...before, ...installations[at] };
  const name = `../../../functions/${httpRoutes.get(route)}.ts?${encodeURIComponent(at)}`;
  const { handler } = await import(name);
  const [method = "", path = ""] = route.split(" ");
  const given = { project_name: project, month, asset, ...call.pathParameters };
  const named = Object.entries(given).filter(([part]) => path.includes(`{${part}}`));
  const pathParameters = named.length > 0 ? Object.fromEntries(named) : undefined;
  const idempotencyKey = call.headers?.["idempotency-key"];
  const query = path.includes("{") ? call.query : { project_name: project, ...call.query };
  const headers = {
    "content-type": "application/json",
    ...(key === null ? {} : { "x-api-key": key }),
    ...call.headers,
    // What was booked by one route is not booked again by the next.
    ...(idempotencyKey && { "idempotency-key": `${idempotencyKey} ${route}` }),
  };
  const all = { ...call, ...(query && { query }), headers };
  const event = httpEvent({ method, path, ...all, ...(pathParameters && { pathParameters }) });
  return handler(event, lambdaContext);
}

const vcpus = (value: unknown) => JSON.stringify({ project_vcpu_usage: value });
const machines = (machine: object) => JSON.stringify({ machines: [machine] });
const linkOf = (project_name: string) => JSON.stringify({ project_name });
const measured = (time: unknown) =>
  JSON.stringify({
    measurements: [{ project_name: "bound", metric: "project_vcpu_usage", value: 9, time }],
  });
const granted = (granted_credits: unknown) => JSON.stringify({ granted_credits, reason: "begins" });
const booked = (credits: unknown) => JSON.stringify({ credits, reason: "an outage" });
const inQuery = { hour, limit: "10" };
const browser = { headers: { accept: "text/html" } };
const keyed = { headers: { "idempotency-key": "one" } };
const zipped = { headers: { "content-encoding": "br" } };
const protobuf = { headers: { "content-type": "application/x-protobuf" } };
const lines = { headers: { "content-type": "text/plain" } };

/** Route → what answers a success first, then what else it has of its own: status, and what is asked. */
const calls: Readonly<Record<string, readonly (readonly [number, Asking?])[]>> = {
  "POST /measurements": [
    [202, { body: measured(hour) }],
    [204, { ...protobuf, body: new Uint8Array([0]) }],
    [400, { body: measured("now") }],
    [413, { body: "x".repeat(5_000_000) }],
    [415, { headers: { "content-type": "image/png" }, body: "x" }],
    [429, { at: "with few requests", body: measured(hour) }],
    [503, { at: "without a queue", body: measured(hour) }],
  ],
  "POST /write": [
    [202, { body: measured(hour) }],
    [204, { ...lines, body: "cpu value=1 1\n" }],
    [400, { body: measured("now") }],
    [413, { body: "x".repeat(5_000_000) }],
    [415, { headers: { "content-type": "image/png" }, body: "x" }],
    [503, { at: "without a queue", body: measured(hour) }],
  ],
  "GET /api/current_credits/{project_name}": [[200], [404, { project: "nobody" }]],
  "GET /api/credits_history/{project_name}": [
    [200],
    [400, { query: { points: "0" } }],
    [404, { project: "nobody" }],
  ],
  "GET /api/hourly_costs/{project_name}": [
    [200, { query: { by: "metric,site,resource", bucket: "day", compare: "previous" } }],
    [200, { query: { format: "csv" } }],
    [200, { query: { format: "csv-excel" } }],
    [200, { query: { format: "focus" } }],
    [400, { query: { bucket: "year" } }],
    [404, { project: "nobody" }],
  ],
  "GET /api/explain/{project_name}": [
    [200, { query: inQuery }],
    [200, { query: inQuery, ...browser }],
    [404, { query: inQuery, project: "nobody" }],
    [404, { query: inQuery, project: "nobody", ...browser }],
  ],
  "GET /api/statements/{project_name}": [
    [200],
    [200, { query: { month } }],
    [200, { query: { month, format: "csv" } }],
    [200, { query: { month, format: "focus" } }],
    [200, { query: { month, format: "html" } }],
    [404, { query: { month: "1999-01" } }],
  ],
  "GET /api/statements/{project_name}/{month}": [
    [200],
    [200, { query: { format: "csv" } }],
    [200, browser],
    [400, { pathParameters: { month: "now" } }],
    [404, { pathParameters: { month: "1999-01" } }],
  ],
  "GET /credits_history/{project_name}": [
    [200],
    [404, { project: "nobody" }],
    [404, { project: "nobody", ...browser }],
  ],
  "DELETE /api/links/{project_name}": [[200], [404, { project: "nobody" }]],
  "PUT /api/projects/{project_name}/grant": [
    [200, { ...keyed, body: granted("100.5") }],
    [400, { body: granted("many") }],
    [413, { body: "x".repeat(70_000) }],
    [415, { ...zipped, body: granted(1) }],
    [422, { ...keyed, body: granted(200) }],
  ],
  "POST /api/projects/{project_name}/adjustments": [
    [201, { ...keyed, body: booked("-1.5") }],
    [400, { ...keyed, body: booked(0) }],
    [413, { body: "x".repeat(70_000) }],
    [415, { ...zipped, body: booked(1) }],
    [422, { ...keyed, body: booked(7) }],
  ],
  "GET /api/projects": [[200], [400, { query: { sort: "size" } }]],
  "GET /api/sites": [[200]],
  "GET /api/metrics": [[200]],
  "GET /": [[200], [400, { query: { sort: "size" } }]],
  "POST /api/costs_per_hour": [
    [200, { body: vcpus(4) }],
    [400, { body: vcpus([]) }],
    [404, { body: '{"nothing": 1}' }],
    [413, { body: "x".repeat(70_000) }],
    [415, { ...zipped, body: vcpus(1) }],
  ],
  "POST /api/estimates": [
    [200, { body: machines({ count: 2, project_vcpu_usage: 4 }) }],
    [400, { body: machines({ count: -2 }) }],
    [404, { body: machines({ nothing: 1 }) }],
    [413, { body: "x".repeat(70_000) }],
    [415, { ...zipped, body: machines({}) }],
  ],
  "POST /api/links": [
    [201, { body: linkOf("bound") }],
    [400, { body: linkOf("") }],
    [404, { body: linkOf("nobody") }],
    [413, { body: "x".repeat(70_000) }],
    [415, { ...zipped, body: linkOf("bound") }],
    [501, { at: "without links", body: linkOf("bound") }],
  ],
  "POST /session": [
    [303, { body: `key=${keys.read}` }],
    [401, { body: "key=wrong" }],
    [403, { body: `key=${keys.ingest}` }],
    [413, { body: "x".repeat(70_000) }],
    [501, { at: "without links", body: `key=${keys.read}` }],
  ],
  "GET /assets/{asset}": [[200], [404, { pathParameters: { asset: "old.css" } }]],
  "GET /openapi.json": [[200]],
  "GET /api/doc": [[200]],
  "GET /ping": [[200]],
};

/** The route that takes the project's name from the query, and what is asked of it. */
const byQuery = (route: string) => route.replace("/{project_name}", "");
const routes = Object.entries(calls).flatMap(([route, own]) => {
  const others = own.filter(([, asking]) => asking?.pathParameters === undefined);
  const isTwice = route.includes("{project_name}") && !route.endsWith("{month}");
  return isTwice
    ? [[route, own] as const, [byQuery(route), others] as const]
    : [[route, own] as const];
});

test.each(routes)("%s answers as it is described", async (route, own) => {
  const statuses = statusesOf(route);
  const [, first = {}] = own[0] as readonly [number, Asking?];
  const has = (status: number) => statuses.includes(status) && !own.some(([one]) => one === status);
  const isRead = route.startsWith("GET ");
  const common: (readonly [number, Asking])[] = [
    ...(has(401) ? [[401, { ...first, key: null }] as const] : []),
    ...(has(403) ? [[403, { ...first, key: forbiddenKey(route) }] as const] : []),
    ...(has(400) ? [[400, { ...first, project: " ", query: {} }] as const] : []),
    ...(has(404) ? [[404, { ...first, project: "nobody" }] as const] : []),
    ...(has(503) ? [[503, { ...first, at: "without a database" }] as const] : []),
  ];
  for (const [status, asking = {}] of [...own, ...common]) {
    // The second request of a minute is one too many.
    if (status === 429) await ask(route, asking);
    const answer = await ask(route, asking);
    expect([answer.statusCode, answer.statusCode === status ? "" : answer.body]).toEqual([
      status,
      "",
    ]);
    expectDescribed(route, answer);
    seen.add(`${route} ${status}`);
    const { etag } = answer.headers;
    if (!isRead || etag === undefined || status !== 200) continue;
    const headers = { ...asking.headers, "if-none-match": etag };
    const again = await ask(route, { ...asking, headers });
    expectDescribed(route, again);
    seen.add(`${route} ${again.statusCode}`);
  }
});

const forbiddenKey = (route: string): string =>
  /^POST \/(measurements|write)$|^(PUT|DELETE)|adjustments/.test(route) ? keys.read : keys.ingest;

test("every answer that is described was given", () => {
  expect([...seen].sort()).toEqual([...documentedAnswers].sort());
});
