import { readFileSync } from "node:fs";
import { expect } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { HttpAnswer } from "../../lib/http/stack/answer.ts";

interface Response {
  readonly content?: Record<string, object>;
}
interface Operation {
  readonly responses: Record<string, Response>;
}
const file = new URL("../../lib/web/assets/openapi.json", import.meta.url);
const description = JSON.parse(readFileSync(file, "utf8")) as {
  readonly paths: Record<string, Record<string, Operation>>;
};

function operationOf(route: string): Operation {
  const [method = "", path = ""] = route.split(" ");
  return description.paths[path]?.[method.toLowerCase()] as Operation;
}

/** What a route answers with, but for what no request brings about. */
export const statusesOf = (route: string): readonly number[] =>
  Object.keys(operationOf(route).responses)
    .filter((status) => status !== "default")
    .map(Number);

/** `GET /ping 200`, and so on. */
export const documentedAnswers: readonly string[] = Object.entries(description.paths).flatMap(
  ([path, methods]) =>
    Object.keys(methods).flatMap((method) => {
      const route = `${method.toUpperCase()} ${path}`;
      return statusesOf(route).map((status) => `${route} ${status}`);
    }),
);

/** No object may have a field that the description does not name. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  const isOpen = inner["type"] === "object" && "properties" in inner;
  return isOpen && !("additionalProperties" in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
};
const ajv = new Ajv2020({ strict: false, allowUnionTypes: true, logger: false });
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
ajv.addSchema(closed(description) as object, "api");

/** Fails where the description does not have this answer to this route. */
export function expectDescribed(route: string, { statusCode, headers, body }: HttpAnswer) {
  expect(statusesOf(route)).toContain(statusCode);
  const { content } = operationOf(route).responses[statusCode] as Response;
  const type = (headers["content-type"] ?? "").split(";")[0] as string;
  if (content === undefined) return expect(body).toBe("");
  expect(Object.keys(content)).toContain(type);
  if (!type.includes("json")) return expect(body).not.toBe("");
  const [method = "", path = ""] = route.split(" ");
  const pointer = ["paths", path, method.toLowerCase(), "responses", statusCode, "content", type]
    .map((part) => encodeURIComponent(String(part).replaceAll("~", "~0").replaceAll("/", "~1")))
    .join("/");
  const validate = ajv.getSchema(`api#/${pointer}/schema`);
  validate?.(JSON.parse(body));
  expect(validate?.errors).toBe(null);
}
