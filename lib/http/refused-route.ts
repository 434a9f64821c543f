import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { type Problem, problem, routeProblem } from "./stack/problem.ts";

/** Paths with their parameters in braces, and the methods of each in small letters, as OpenAPI has them. */
export type Paths = Readonly<Record<string, object>>;

/** Why there is no answer: no such path, or one that takes other methods. */
export function refusedRoute(event: APIGatewayProxyEventV2, paths: Paths): Problem {
  const { method } = event.requestContext.http;
  const taken = Object.entries(paths).flatMap(([path, methods]) =>
    isPath(path, event.rawPath) ? Object.keys(methods).map((name) => name.toUpperCase()) : [],
  );
  if (taken.length === 0) return routeProblem(method, event.rawPath);
  const allow = taken.join(", ");
  const detail = `${event.rawPath} does not take ${method}, but ${allow}.`;
  return problem("method-unsupported", "method", detail, { headers: { allow } });
}

function isPath(path: string, rawPath: string): boolean {
  const [parts, given] = [path.split("/"), rawPath.split("/")];
  const isAlike = (part: string, index: number) =>
    part.startsWith("{") ? given[index] !== "" : part === given[index];
  return parts.length === given.length && parts.every(isAlike);
}
