import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { openApiDocument } from "../../../../lib/http/openapi/document.ts";
import { httpRoutes } from "../../../support/service-file.ts";

const place = new URL("../../../../lib/web/assets/openapi.json", import.meta.url);
const made = `${JSON.stringify(openApiDocument(), null, 2)}\n`;

test("the description that is served is the one that the schemas make", () => {
  if (process.env["UPDATE_OPENAPI"]) writeFileSync(place, made);
  expect(readFileSync(place, "utf8")).toBe(made);
});

test("it has the routes of serverless.yml and no others", () => {
  const { paths } = JSON.parse(made) as { paths: Record<string, object> };
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual([...httpRoutes.keys()].filter((route) => route !== "*").sort());
});

test("every reference leads to a schema, and every operation has a name of its own", () => {
  const { components } = JSON.parse(made) as { components: { schemas: object } };
  const references = [...made.matchAll(/"\$ref": "#\/components\/schemas\/([^"]*)"/g)];
  expect(references.length).toBeGreaterThan(100);
  for (const [, name = ""] of references) expect(components.schemas).toHaveProperty([name]);
  const ids = [...made.matchAll(/"operationId": "([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
