import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { readTimezone } from "./range-query.ts";

const parameters = ["search", "state", "site", "sort", "limit", "lang", "timezone"];

/** What the operators' page asks for besides its projects; its links hand `kept` on. Throws a 400 problem. */
export function readOperatorsQuery({ queryStringParameters: query = {} }: APIGatewayProxyEventV2) {
  const kept = Object.entries(query).flatMap(([name, value]) =>
    parameters.includes(name) && value ? [[name, value] as const] : [],
  );
  return { timezone: readTimezone(query), kept: Object.fromEntries(kept) };
}
