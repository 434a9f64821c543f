import { STATUS_CODES } from "node:http";
import * as z from "zod/mini";
import { refusals } from "../../formats/refusals.ts";
import { httpRefusals, statusOf } from "../stack/problem.ts";
import { Accepted } from "./answers.ts";
import { link, type Parameters } from "./parameters.ts";
import type { Contents, Route } from "./route.ts";
import { routes } from "./routes.ts";
import { shape } from "./shapes.ts";

type Json = Readonly<Record<string, unknown>>;

const Problem = shape("Problem", {
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum([...Object.keys(httpRefusals), ...Object.keys(refusals)] as [string, ...string[]]),
  detail: z.string(),
  errors: z.optional(z.array(z.object({ at: z.string(), code: z.string(), detail: z.string() }))),
  // Of measurements that are refused, what became of the others.
  ...z.partial(Accepted).shape,
});

/** The description of the API as OpenAPI 3.1, made of the schemas that validate. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const [method = "", path = ""] = name.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "OpenStack Credits",
      version: "1",
      description:
        "Every refusal is `application/problem+json` (RFC 9457) with a `code`. Repeating a request helps only after 429 and 503, and `Retry-After` says when.",
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "X-API-KEY" },
        bearer: { type: "http", scheme: "bearer" },
        basic: {
          type: "http",
          scheme: "basic",
          description: "For ingest only; the key is the password.",
        },
        link: { type: "apiKey", in: "query", name: "link", description: link.description },
      },
      schemas: namedSchemas(),
    },
  };
}

function operationOf(route: Route): Json {
  const { id, summary, scope, path = {}, query = {}, headers = {}, body } = route;
  return {
    operationId: id,
    summary,
    ...(scope !== null && { description: `Scope of the key: ${scope}.` }),
    security: securityOf(route),
    parameters: [
      ...parametersOf("path", path),
      ...parametersOf("query", query),
      ...parametersOf("header", headers),
    ],
    ...(body && { requestBody: { required: true, content: contentOf(body) } }),
    responses: responsesOf(route),
  };
}

function securityOf({ scope, takesLink }: Route): readonly Json[] {
  if (scope === null) return [];
  const keys = [{ key: [] }, { bearer: [] }];
  if (scope === "ingest") return [...keys, { basic: [] }];
  return takesLink ? [...keys, { link: [] }] : keys;
}

const parametersOf = (place: string, parameters: Parameters): readonly Json[] =>
  Object.entries(parameters).map(([name, { schema, description, required = false }]) => ({
    name,
    in: place,
    required,
    description,
    schema: schemaOf(schema),
  }));

function responsesOf(route: Route): Json {
  const successes = Object.entries(route.answers).map(([status, content]) => [
    status,
    { description: STATUS_CODES[status] ?? "", ...withContent(content) },
  ]);
  const refused = Object.entries(refusalsByStatus(route)).map(([status, codes]) => [
    status,
    { description: codes.map((code) => `\`${code}\``).join(", "), content: problemContent(route) },
  ]);
  const fault = {
    description: "The service failed, and the fault is logged; or API Gateway answered itself.",
  };
  return { ...Object.fromEntries([...successes, ...refused]), default: fault };
}

const withContent = (content: Contents): Json =>
  Object.keys(content).length === 0 ? {} : { content: contentOf(content) };

function refusalsByStatus(route: Route): Readonly<Record<string, readonly string[]>> {
  const { scope, takesLink, refusals: own, isBounded } = route;
  const ofKeys =
    scope === null ? [] : (["key-missing", "key-unknown", "scope-insufficient"] as const);
  const ofLinks = takesLink ? (["link-invalid", "link-expired"] as const) : [];
  const byStatus: Record<string, string[]> = {};
  const add = (status: number, code: string) => {
    byStatus[status] = [...(byStatus[status] ?? []), code];
  };
  for (const code of [...ofKeys, ...ofLinks, ...own]) add(statusOf(code), code);
  if (isBounded) add(413, "body-too-large");
  return byStatus;
}

function problemContent({ isPage }: Route): Json {
  const problem = { "application/problem+json": { schema: schemaOf(Problem) } };
  return isPage ? { ...problem, "text/html": { schema: { type: "string" } } } : problem;
}

const contentOf = (contents: Contents): Json =>
  Object.fromEntries(
    Object.entries(contents).map(([type, schema]) => [type, { schema: schemaOf(schema) }]),
  );

const refOf = (id: string): string => `#/components/schemas/${id}`;
const idOf = (schema: z.core.$ZodType): string | undefined => z.globalRegistry.get(schema)?.id;

/** Of a named schema a reference. */
function schemaOf(schema: z.ZodMiniType): Json {
  const id = idOf(schema);
  if (id !== undefined) return { $ref: refOf(id) };
  const { $schema: _dialect, $defs: _named, ...own } = z.toJSONSchema(schema, { io: "input" });
  return referring(own) as Json;
}

function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: "input", uri: refOf });
  const named = Object.entries<Json>(schemas).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(
    named.map(([id, { $schema: _dialect, $id: _uri, id: _id, ...schema }]) => [id, schema]),
  );
}

/** References to where the document has what they mean. */
function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== "object" || value === null) return value;
  const own = Object.entries(value).map(([key, inner]) => [
    key,
    key === "$ref" ? String(inner).replace("#/$defs/", refOf("")) : referring(inner),
  ]);
  return Object.fromEntries(own);
}
