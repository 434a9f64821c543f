import { expect, test } from "@jest/globals";
import { refusedRoute } from "../../../lib/http/refused-route.ts";
import { httpEvent } from "../../support/http-event.ts";

const paths = {
  "/": { get: {} },
  "/api/links": { post: {}, delete: {} },
  "/api/links/{project_name}": { delete: {} },
};

test.each<[method: string, path: string, status: number, allow: string | undefined]>([
  ["GET", "/api/links", 405, "POST, DELETE"],
  ["POST", "/api/links/genomics", 405, "DELETE"],
  ["HEAD", "/", 405, "GET"],
  ["GET", "/api", 404, undefined],
  ["GET", "/api/links/", 404, undefined],
  ["GET", "/api/links/genomics/old", 404, undefined],
  ["GET", "/api/Links", 404, undefined],
])("%s %s is a %i", (method, path, status, allow) => {
  const refused = refusedRoute(httpEvent({ method, path }), paths);
  expect([refused.status, refused.headers["allow"]]).toEqual([status, allow]);
});
