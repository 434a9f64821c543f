import { expect, test } from "@jest/globals";
import { chooseFormat } from "../../../../lib/http/ingest/choose-format.ts";
import { httpEvent } from "../../../support/http-event.ts";

const event = (path: string, type: string) =>
  httpEvent({ method: "POST", path, headers: { "content-type": type } });

test.each([
  ["/write", "", "line-protocol"],
  ["/write", "application/octet-stream", "line-protocol"],
  ["/write", "text/plain; charset=utf-8", "line-protocol"],
  ["/write", "application/json", "json"],
  ["/write", "application/x-protobuf", "remote-write-1"],
  ["/measurements", "text/plain; version=0.0.4", "prometheus-text"],
  ["/measurements", "application/openmetrics-text; version=1.0.0", "openmetrics"],
  ["/measurements", "Application/JSON", "json"],
  ["/measurements", "application/x-protobuf;proto=prometheus.WriteRequest", "remote-write-1"],
  [
    "/measurements",
    'application/x-protobuf; Proto="io.prometheus.write.v2.Request"',
    "remote-write-2",
  ],
])("%s of type %j is %s", (path, type, format) => {
  expect(chooseFormat(event(path, type))).toBe(format);
});

test.each([
  ["/measurements", ""],
  ["/measurements", "application/octet-stream"],
  ["/write", "application/openmetrics-text"],
  ["/write", "application/x-protobuf;proto="],
  ["/write", "application/x-protobuf;proto=constructor"],
])("%s of type %j is refused", (path, type) => {
  expect(() => chooseFormat(event(path, type))).toThrow(
    expect.objectContaining({ status: 415, code: "media-type-unsupported" }),
  );
});

test("behind a domain with a base path the route decides, not the path", () => {
  const write = { ...event("/write", "text/plain"), rawPath: "/credits/write" };
  expect(chooseFormat(write)).toBe("line-protocol");
});
