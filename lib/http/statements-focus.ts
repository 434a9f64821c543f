import { parseCredits } from "../billing/credits.ts";
import { parseDecimal, VALUE_SCALE } from "../billing/decimal.ts";
import { hourMs, hourOf } from "../billing/time.ts";
import { type Month, monthsBetween } from "../usecases/statements/months.ts";
import type { StatementJson } from "../usecases/statements/statement-json.ts";
import { type FocusCharge, type FocusSettings, focusAnswer } from "./focus.ts";
import type { HttpAnswer } from "./stack/answer.ts";

type Entry = StatementJson["usage"][number]["by_site"][number];

/** A statement as a FOCUS file: its credits add up to what was used between opening and closing. */
export function statementFocus(statement: StatementJson, settings: FocusSettings): HttpAnswer {
  const { project_name: projectName, month, usage, corrections, adjustments } = statement;
  const used = usage.flatMap(({ metric, unit, by_site }) =>
    by_site.map((entry) => usageOf(statement, month, { ...entry, metric, unit })),
  );
  const corrected = corrections.map((line) => usageOf(statement, line.month, line));
  const booked = adjustments.map(({ at, credits, reason }) => ({
    ...billedIn(statement),
    fromMs: hourOf(Date.parse(at)),
    untilMs: hourOf(Date.parse(at)) + hourMs,
    description: reason,
    isCorrection: false,
    credits: parseCredits(credits),
    usage: null,
  }));
  const fileName = `${projectName} ${month} FOCUS 1.2.csv`;
  return focusAnswer(fileName, projectName, [...used, ...corrected, ...booked], settings);
}

/** What was used in a month, this one or one that was closed before. */
function usageOf(
  statement: StatementJson,
  month: string,
  line: Entry & { readonly metric: string; readonly unit: string | null },
): FocusCharge {
  const { metric, unit, site } = line;
  const isCorrection = month !== statement.month;
  const of = `${unit ?? metric} of OpenStack in ${month}`;
  return {
    ...billedIn(statement),
    ...boundsOf(month, statement.timezone),
    description: isCorrection ? `Correction: ${of}` : of,
    isCorrection,
    credits: parseCredits(line.credits),
    usage: {
      metric,
      unit: unit ?? "",
      site,
      resource: "",
      amount: parseDecimal(line.usage, VALUE_SCALE),
      price: null,
    },
  };
}

const billedIn = ({ from, until }: StatementJson) => ({
  billedFromMs: Date.parse(from),
  billedUntilMs: Date.parse(until),
});

function boundsOf(month: string, timezone: string) {
  const middleMs = Date.parse(`${month}-15T00:00:00Z`);
  const [{ startMs, endMs }] = monthsBetween(middleMs, middleMs, timezone) as readonly [Month];
  return { fromMs: startMs, untilMs: endMs };
}
