import { describe, expect, test } from "@jest/globals";
import { headersAsAws, httpEventAsAws } from "../../../../localstack/functions/as-aws.ts";

describe("a function on the laptop is shown the headers as on AWS:", () => {
  test("by lower-case name, as they were sent", () => {
    const sent = ["X-API-KEY", "Key", "Content-Type", "text/plain; version=0.0.4"];
    const shown = { "x-api-key": "Key", "content-type": "text/plain; version=0.0.4" };
    expect(headersAsAws(sent, true)).toEqual(shown);
  });

  test("those of one name are joined by commas, not the last one only", () => {
    const sent = ["X-API-KEY", "a", "Accept", "*/*", "x-api-key", "b"];
    expect(headersAsAws(sent, false)).toEqual({ "x-api-key": "a,b", accept: "*/*" });
  });

  test.each([
    ["missing", []],
    ["empty", ["Content-Type", ""]],
  ])("a body whose type is %s is bytes, and not JSON", (_, sent) => {
    expect(headersAsAws(sent, true)).toEqual({ "content-type": "application/octet-stream" });
  });

  test("without a body no type is made up", () => {
    expect(headersAsAws(["Accept", "*/*"], false)).toEqual({ accept: "*/*" });
    expect(headersAsAws(["Content-Type", ""], false)).toEqual({ "content-type": "" });
  });

  test("whatever they are called", () => {
    const name = "constructor";
    expect(headersAsAws([name, "a"], false)).toEqual({ [name]: "a" });
  });
});

describe("the event of a request", () => {
  const event = { version: "2.0", body: null, headers: { accept: "*/*" } };

  test("has its cookies in a list, as AWS has them, and not among the headers", () => {
    const headers = { ...event.headers, cookie: "a=1; __Host-b=2" };
    expect(httpEventAsAws({ ...event, headers })).toEqual({
      version: "2.0",
      headers: { accept: "*/*" },
      cookies: ["a=1", "__Host-b=2"],
    });
  });

  test("lacks what the request does not have", () => {
    expect(httpEventAsAws({ ...event, cookies: undefined })).toEqual({
      version: "2.0",
      headers: { accept: "*/*" },
    });
  });
});
