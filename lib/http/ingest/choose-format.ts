import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { readMediaType } from "../stack/content-headers.ts";
import { type Problem, problem } from "../stack/problem.ts";
import type { BodyFormat } from "./body-formats.ts";

const remoteWrites: ReadonlyMap<string, BodyFormat> = new Map([
  ["prometheus.WriteRequest", "remote-write-1"],
  ["io.prometheus.write.v2.Request", "remote-write-2"],
]);
const lineProtocolTypes = new Set(["", "text/plain", "application/octet-stream"]);

/** Chooses by route and content type (the table in README.md). Throws a 415 problem where there is none. */
export function chooseFormat(event: APIGatewayProxyEventV2): BodyFormat {
  const { type, parameters } = readMediaType(event.headers["content-type"]);
  // Not by its path: with a custom domain, API Gateway puts the domain's base path in front of it.
  const isWrite = event.routeKey === "POST /write";
  if (type === "application/x-protobuf") {
    const proto = parameters.get("proto");
    const version = proto === undefined ? "remote-write-1" : remoteWrites.get(proto);
    if (version === undefined) throw unsupportedType(`${type};proto=${proto}`, isWrite);
    return version;
  }
  if (type === "application/json") return "json";
  if (isWrite && lineProtocolTypes.has(type)) return "line-protocol";
  if (!isWrite && type === "text/plain") return "prometheus-text";
  if (!isWrite && type === "application/openmetrics-text") return "openmetrics";
  throw unsupportedType(type, isWrite);
}

function unsupportedType(type: string, isWrite: boolean): Problem {
  const supported = isWrite
    ? "application/x-protobuf (remote write), application/json, text/plain (line protocol)"
    : "application/json, text/plain, application/openmetrics-text, application/x-protobuf (remote write)";
  const detail = `Content-Type ${JSON.stringify(type.slice(0, 100))} is not taken here. Send ${supported}.`;
  return problem("media-type-unsupported", "Content-Type", detail);
}
