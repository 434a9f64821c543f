import type { APIGatewayProxyEventV2, Context } from "aws-lambda";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly pathParameters?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly cookies?: string[];
  readonly body?: string | Uint8Array;
}

/** The event that API Gateway makes of a call (HTTP API, payload 2.0); bytes travel in base64. */
export function httpEvent(call: Call): APIGatewayProxyEventV2 {
  const { method, path, pathParameters, query, body } = call;
  const headers = Object.entries(call.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  return {
    version: "2.0",
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: Object.fromEntries(headers),
    isBase64Encoded: body instanceof Uint8Array,
    requestContext: {
      accountId: "123456789012",
      apiId: "test",
      domainName: "test",
      domainPrefix: "test",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test" },
      requestId: "test",
      routeKey: `${method} ${path}`,
      stage: "$default",
      time: "23/Nov/2026:09:00:00 +0000",
      timeEpoch: Date.UTC(2026, 10, 23, 9),
    },
    ...(pathParameters ? { pathParameters } : {}),
    ...(query ? { queryStringParameters: query } : {}),
    ...(call.cookies ? { cookies: call.cookies } : {}),
    ...(body === undefined
      ? {}
      : { body: typeof body === "string" ? body : Buffer.from(body).toString("base64") }),
  };
}

/** All that the functions read of a Lambda context. */
export const lambdaContext = { getRemainingTimeInMillis: () => 10_000 } as Context;
