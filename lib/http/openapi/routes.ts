import * as z from "zod/mini";
import { EstimateBody } from "../estimates.ts";
import { AdjustmentBody, GrantBody } from "../grants-and-adjustments.ts";
import { linkBody, linkDaysMost } from "../links.ts";
import * as answers from "./answers.ts";
import { ingestBodies } from "./bodies.ts";
import * as parameters from "./parameters.ts";
import { projectRoutes } from "./project-routes.ts";
import { type Contents, json, nothing, page, type Route } from "./route.ts";
import { about, exact } from "./shapes.ts";

const text: Contents = { "text/plain": z.string() };

const shortBody = ["json-invalid", "encoding-unsupported"] as const;

const ingest = {
  scope: "ingest",
  body: ingestBodies,
  isBounded: true,
} as const;
const ingestRefusals = [
  "measurements-refused",
  "site-forbidden",
  "media-type-unsupported",
  "unavailable",
] as const;

const routesOfNoProject: Readonly<Record<string, Route>> = {
  "POST /measurements": {
    ...ingest,
    id: "receiveMeasurements",
    summary: "Takes measurements to be billed, in any of the formats.",
    query: parameters.ingestQuery,
    answers: { 202: json(answers.Accepted), 204: nothing },
    refusals: [...ingestRefusals, "rate-limited"],
  },
  "POST /write": {
    ...ingest,
    id: "writeMeasurements",
    summary: "The same for remote write and the clients of InfluxDB.",
    query: parameters.lineProtocolQuery,
    answers: { 202: json(answers.Accepted), 204: nothing },
    refusals: ingestRefusals,
  },
  "GET /api/projects": {
    id: "listProjects",
    summary: "The projects that the key may read, the most urgent ones first.",
    scope: "read",
    query: parameters.projectsQuery,
    answers: { 200: json(answers.Projects), 304: nothing },
    refusals: ["parameter-invalid", "cursor-foreign", "unavailable"],
  },
  "GET /api/sites": {
    id: "listSites",
    summary: "How fresh the measurements of each site are.",
    scope: "read",
    answers: { 200: json(answers.Sites), 304: nothing },
    refusals: ["project-forbidden", "unavailable"],
  },
  "GET /api/metrics": {
    id: "listMetrics",
    summary: "The price now in force of each metric.",
    scope: "read",
    answers: { 200: json(answers.Prices), 304: nothing },
    refusals: [],
  },
  "POST /api/costs_per_hour": {
    id: "estimateCost",
    summary: "What given resources cost per hour.",
    scope: "read",
    body: json(z.record(z.string(), about(exact, "How much of this metric is in use."))),
    answers: { 200: json(exact) },
    refusals: [...shortBody, "parameter-invalid", "metric-unknown"],
    isBounded: true,
  },
  "POST /api/estimates": {
    id: "estimateMachines",
    summary: "What machines cost until an instant, and how long a budget lasts.",
    scope: "read",
    body: json(EstimateBody),
    answers: { 200: json(answers.Estimate) },
    refusals: [...shortBody, "parameter-invalid", "metric-unknown"],
    isBounded: true,
  },
  "POST /api/links": {
    id: "makeLink",
    summary: "Makes an address that opens a project for whoever has it.",
    scope: "read",
    body: json(linkBody(linkDaysMost)),
    answers: { 201: json(answers.Link) },
    refusals: [
      ...shortBody,
      "parameter-invalid",
      "project-forbidden",
      "project-unknown",
      "links-off",
      "unavailable",
    ],
    isBounded: true,
  },
  "POST /session": {
    id: "openSession",
    summary: "Opens the pages in this browser, for eight hours.",
    scope: null,
    body: {
      "application/x-www-form-urlencoded": z.object({
        key: z.string(),
        to: z.optional(about(z.string(), "A path of this service.")),
      }),
    },
    answers: { 303: nothing },
    refusals: ["key-unknown", "scope-insufficient", "links-off"],
    isBounded: true,
    isPage: true,
  },
  "GET /": {
    id: "operatorsPage",
    summary: "All projects by urgency and how fresh the sites are, as a page.",
    scope: "read",
    query: parameters.operatorsQuery,
    answers: { 200: page },
    refusals: ["parameter-invalid", "timezone-unknown", "cursor-foreign", "unavailable"],
    isPage: true,
  },
  "GET /assets/{asset}": {
    id: "readAsset",
    summary: "A file that the pages bring along.",
    scope: null,
    path: { asset: { schema: z.string(), description: "Its name.", required: true } },
    answers: { 200: { "text/css": z.string(), "text/javascript": z.string() } },
    refusals: ["route-unknown"],
  },
  "GET /openapi.json": {
    id: "describeApi",
    summary: "This description.",
    scope: null,
    answers: { 200: json(z.record(z.string(), z.unknown())), 304: nothing },
    refusals: [],
  },
  "GET /api/doc": {
    id: "describeApiForPeople",
    summary: "This description as a page.",
    scope: null,
    answers: { 200: page, 304: nothing },
    refusals: [],
  },
  "GET /ping": {
    id: "ping",
    summary: "Answers Pong.",
    scope: null,
    answers: { 200: text },
    refusals: [],
  },
};

const ordered = {
  scope: "admin",
  refusals: [...shortBody, "parameter-invalid", "idempotency-key-reused", "unavailable"],
  isBounded: true,
} as const;

const adminRoutes: Readonly<Record<string, Route>> = {
  "DELETE /api/links/{project_name}": {
    id: "revokeLinks",
    summary: "Ends all links of a project.",
    scope: "admin",
    answers: { 200: json(answers.Revocation) },
    refusals: ["parameter-invalid", "project-unknown", "unavailable"],
  },
  "PUT /api/projects/{project_name}/grant": {
    ...ordered,
    id: "setGrant",
    summary: "Sets the grant until the portal's own value changes.",
    headers: { "Idempotency-Key": parameters.idempotencyKey(false) },
    body: json(GrantBody),
    answers: { 200: json(answers.Grant) },
  },
  "POST /api/projects/{project_name}/adjustments": {
    ...ordered,
    id: "bookAdjustment",
    summary: "Books a refund (negative), an opening balance or a correction, once for each key.",
    headers: { "Idempotency-Key": parameters.idempotencyKey(true) },
    body: json(AdjustmentBody),
    answers: { 201: json(answers.Adjustment) },
  },
};

/** Route of serverless.yml → what it takes and answers with; those of a project also take its name from the query. */
export const routes: Readonly<Record<string, Route>> = {
  ...routesOfNoProject,
  ...byPathAndQuery({ ...projectRoutes, ...adminRoutes }),
};

function byPathAndQuery(ofProjects: Readonly<Record<string, Route>>) {
  const name = { project_name: parameters.projectName };
  const both = Object.entries(ofProjects).flatMap(([route, one]): [string, Route][] => {
    const byPath: Route = { ...one, path: { ...name, ...one.path } };
    const byQuery: Route = { ...one, id: `${one.id}ByQuery`, query: { ...name, ...one.query } };
    const isTwice = !route.endsWith("{month}");
    const shorter = route.replace("/{project_name}", "");
    return isTwice
      ? [
          [route, byPath],
          [shorter, byQuery],
        ]
      : [[route, byPath]];
  });
  return Object.fromEntries(both);
}
