import { describe, expect, test } from "@jest/globals";
import { assetPath, readAssets } from "../../../lib/web/assets.ts";
import { html } from "../../../lib/web/html.ts";
import { documentOf } from "../../../lib/web/shell.ts";
import { httpEvent, lambdaContext } from "../../support/http-event.ts";
import { environmentOf } from "../../support/service-file.ts";

const assets = readAssets();

async function get(path: string) {
  Object.assign(process.env, environmentOf("read-asset", { LOG_LEVEL: "silent" }));
  const { handler } = await import("../../../functions/read-asset.ts");
  const pathParameters = { asset: path.replace("/assets/", "") };
  const event = { ...httpEvent({ method: "GET", path }), pathParameters };
  return handler(event, lambdaContext);
}

describe("what a page brings along", () => {
  const page = { title: "a", language: "en", body: html``, hasScript: true };
  const paths = documentOf(page, assets).match(/(?<=")\/assets\/[^"]+/g) ?? [];

  test("is a stylesheet and a script", () => {
    expect(paths).toEqual([assetPath(assets.stylesheet), assetPath(assets.script)]);
  });

  test.each(paths)("is served without a key and may be kept: %s", async (path) => {
    const { statusCode, headers, body } = await get(path);
    expect(statusCode).toBe(200);
    expect(headers["cache-control"]).toMatch(/^public, .*immutable$/);
    expect(headers["content-type"]).toMatch(
      path.endsWith(".css") ? /^text\/css/ : /^text\/javascript/,
    );
    expect(body.length).toBeGreaterThan(1_000);
  });
});

test.each(["/assets/page.css", "/assets/page.0123456789ab.css", "/assets/..%2Fhtml.ts"])(
  "another name is no route: %s",
  async (path) => {
    expect((await get(path)).statusCode).toBe(404);
  },
);
