import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { formatCredits } from "../billing/credits.ts";
import { exactNumber } from "../billing/decimal.ts";
import { type ReadVariable, readAll } from "../config.ts";
import { parseWithSource } from "../formats/parse-with-source.ts";
import { readStatementTimezone } from "../settings/statements.ts";
import { utcText } from "../usecases/reading/calendar.ts";
import { projectAddress } from "../usecases/reading/project-address.ts";
import { closesAtMs } from "../usecases/statements/months.ts";
import type { StatementJson } from "../usecases/statements/statement-json.ts";
import type { ListedStatement, StatementList } from "../usecases/statements/statement-list.ts";
import { type CsvCell, type CsvFormat, csvAnswer } from "./csv.ts";
import { type FocusSettings, readFocusSettings } from "./focus.ts";
import { readOneOf } from "./parameters.ts";
import { type HttpAnswer, jsonAnswer, jsonTextAnswer, pageAnswer } from "./stack/answer.ts";
import { parameterProblem, problem } from "./stack/problem.ts";
import type { FreshnessOf } from "./stack/unchanged.ts";
import { wantsPage } from "./stack/wants-page.ts";
import { statementFocus } from "./statements-focus.ts";

/** By whose clock months begin, and how FOCUS files name this installation. */
export const readMonthSettings = (read: ReadVariable) =>
  readAll({ timezone: readStatementTimezone, focus: readFocusSettings }, read);

/** The month that is asked for; null: the list of all. Throws a 400 problem. */
function readMonth(event: APIGatewayProxyEventV2): string | null {
  const month = event.pathParameters?.["month"] ?? event.queryStringParameters?.["month"];
  if (month === undefined || month === "") return null;
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return month;
  throw parameterProblem("month", "month must be written as 2026-10");
}

/** The list has a new month with the clock; `parts` is what a page is made of besides. */
export const statementFreshness =
  (parts: readonly string[]): FreshnessOf =>
  () => ({ clock: "hour", untilMs: null, parts });

/** Reads what is asked for of one project. */
export interface StatementReader {
  readonly focus: FocusSettings;
  list(): Promise<StatementList>;
  /** Undefined: the project has none of this month. */
  one(month: string): Promise<string | undefined>;
  /** For a person. */
  page(statement: StatementJson): string;
}

/** `GET /api/statements/{project_name}`: the months, or one of them. */
export async function answerStatements(
  event: APIGatewayProxyEventV2,
  projectName: string,
  lateDays: number,
  reader: StatementReader,
): Promise<HttpAnswer> {
  const [month, format] = [readMonth(event), readFormat(event)];
  if (month === null) return statementsAnswer(await reader.list(), projectName, lateDays);
  const text = await reader.one(month);
  if (text === undefined) {
    throw problem("statement-unknown", "month", `There is no statement of ${month}.`);
  }
  if (format === "json") return jsonTextAnswer(200, text);
  const statement = parseStatement(text);
  if (format === "html") return pageAnswer(200, reader.page(statement));
  if (format === "focus") return statementFocus(statement, reader.focus);
  return statementCsv(statement, format);
}

/** The months, the newest first. */
const statementsAnswer = (
  { timezone, statements }: StatementList,
  projectName: string,
  lateDays: number,
): HttpAnswer =>
  jsonAnswer(200, {
    project_name: projectName,
    timezone,
    data: statements.map((one) => listed(one, projectName, lateDays)),
  });

const listed = (one: ListedStatement, projectName: string, lateDays: number) => ({
  month: one.month,
  state: one.endMs === null ? "closed" : "open",
  closes_at: one.endMs === null ? null : utcText(closesAtMs({ endMs: one.endMs }, lateDays)),
  used: exactNumber(formatCredits(one.used)),
  sha256: one.sha256,
  statement: projectAddress("/api/statements", projectName, { month: one.month }),
});

export const statementFormats = ["json", "csv", "csv-excel", "focus", "html"] as const;

/** What `format` says, else what the caller accepts. */
function readFormat(event: APIGatewayProxyEventV2): (typeof statementFormats)[number] {
  const acceptsCsv = /^text\/csv\b/.test((event.headers["accept"] ?? "").trim());
  const accepted = wantsPage(event) ? "html" : acceptsCsv ? "csv" : "json";
  return readOneOf("format", event.queryStringParameters?.["format"] || accepted, statementFormats);
}

/** A statement read back, with the digits of its amounts. */
export const parseStatement = (text: string): StatementJson =>
  parseWithSource(text, (_field, value, { source }) =>
    typeof value === "number" ? source : value,
  ) as StatementJson;

const columns = [
  "month",
  "kind",
  "used_in",
  "at",
  "metric",
  "site",
  "unit",
  "usage",
  "credits",
  "reason",
  "actor",
];

/** A statement as a table: its credits add up to what was used between opening and closing. */
function statementCsv(statement: StatementJson, format: CsvFormat): HttpAnswer {
  const { month, usage, corrections, adjustments } = statement;
  const text = (value: string | null): CsvCell => ({ text: value ?? "" });
  const rows: CsvCell[][] = [
    ...usage.flatMap(({ metric, unit, by_site }) =>
      by_site.map(({ site, usage: used, credits }) => [
        text("usage"),
        text(month),
        text(""),
        text(metric),
        text(site),
        text(unit),
        { amount: used },
        { amount: credits },
        text(""),
        text(""),
      ]),
    ),
    ...corrections.map((line) => [
      text("correction"),
      text(line.month),
      text(""),
      text(line.metric),
      text(line.site),
      text(line.unit),
      { amount: line.usage },
      { amount: line.credits },
      text(""),
      text(""),
    ]),
    ...adjustments.map(({ at, credits, reason, actor }) => [
      text("adjustment"),
      text(""),
      text(at),
      text(""),
      text(""),
      text(""),
      text(""),
      { amount: credits },
      text(reason),
      text(actor),
    ]),
  ];
  return csvAnswer(
    format,
    `${statement.project_name} ${month}.csv`,
    columns,
    rows.map((row) => [text(month), ...row]),
  );
}
