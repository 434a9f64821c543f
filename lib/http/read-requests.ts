import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { Problem, parameterProblem } from "./stack/problem.ts";

/** The project of the path, decoded. */
export function readProjectName(event: APIGatewayProxyEventV2): string {
  const name = event.pathParameters?.["project_name"] ?? "";
  if (name.trim() === "") throw parameterProblem("project_name", "No project_name provided");
  // PostgreSQL cannot hold it, so no project is named like this.
  if (name.includes("\0")) throw unknownProject(name, `No credits found for ${name}.`);
  return name;
}

export const unknownProject = (name: string, detail: string) =>
  new Problem(404, "project-unknown", detail, {
    extra: { errors: [{ at: "project_name", code: "project-unknown", detail: name }] },
  });

export interface DateRange {
  /** `YYYY-MM-DD HH:MM:SS` in UTC; null: open. */
  readonly from: string | null;
  readonly to: string | null;
}

/** `start_date` and `end_date`, both optional; throws a 400 problem. */
export function readDateRange({ queryStringParameters = {} }: APIGatewayProxyEventV2): DateRange {
  const from = readDate("start_date", queryStringParameters["start_date"]);
  const to = readDate("end_date", queryStringParameters["end_date"]);
  if (from !== null && to !== null && to <= from) {
    throw parameterProblem("end_date", "Start date must be older than end date.");
  }
  return { from, to };
}

const datePattern = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

function readDate(name: string, text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  const ms = datePattern.test(text) ? Date.parse(`${text.replace(" ", "T")}Z`) : Number.NaN;
  // A day that the month does not have would roll over into the next one; PostgreSQL has no year 0.
  if (
    text >= "0001" &&
    !Number.isNaN(ms) &&
    new Date(ms).toISOString().startsWith(text.replace(" ", "T"))
  )
    return text;
  throw parameterProblem(name, `Could not parse ${name}: write it as YYYY-MM-DD HH:MM:SS, in UTC`);
}
