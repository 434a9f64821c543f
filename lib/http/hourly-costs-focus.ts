import type { Tariff } from "../billing/tariff.ts";
import { hourMs, hourOf } from "../billing/time.ts";
import type { HourCost, LedgerCosts } from "../usecases/reading/cost-buckets.ts";
import { type Month, monthsBetween } from "../usecases/statements/months.ts";
import {
  billedPrice,
  fileNameOf,
  rowsMax,
  type TariffOfMetric,
  tooManyRows,
} from "./costs-file.ts";
import { type FocusCharge, type FocusSettings, focusAnswer } from "./focus.ts";
import { type CostsQuery, inOrder } from "./hourly-costs.ts";
import type { HttpAnswer } from "./stack/answer.ts";

/** The costs as a FOCUS file: a row for each UTC hour, metric, site and resource, and for each adjustment. */
export function costsFocus(
  asked: CostsQuery,
  costs: LedgerCosts,
  tariffOf: TariffOfMetric,
  settings: FocusSettings,
): HttpAnswer {
  const isAsked = (ms: number) => asked.fromMs <= ms && ms < asked.untilMs;
  const hours = costs.hours
    .filter((hour) => isAsked(hour.hourMs))
    .sort((one, other) => one.hourMs - other.hourMs || inOrder(one, other));
  const adjustments = costs.adjustments.filter(({ atMs }) => isAsked(atMs));
  const rows = hours.length + adjustments.length;
  if (rows > rowsMax) throw tooManyRows(rows);
  // Once, because asking for the months of a zone takes long.
  const months = monthsBetween(asked.fromMs, asked.untilMs, "UTC");
  const charges = [
    ...hours.map((hour) => usageOf(hour, tariffOf(hour.metric), months)),
    ...adjustments.map(({ atMs, credits }) => ({
      ...periodOf(hourOf(atMs), months),
      description: "Booked by hand",
      isCorrection: false,
      credits,
      usage: null,
    })),
  ];
  return focusAnswer(fileNameOf(asked, " FOCUS 1.2"), asked.projectName, charges, settings);
}

function usageOf(
  hour: HourCost,
  tariff: Tariff | undefined,
  months: readonly Month[],
): FocusCharge {
  const { metric, unit, site, resource, usage: amount, credits } = hour;
  const price = billedPrice(hour, tariff, hour.hourMs, hour.hourMs + hourMs);
  return {
    ...periodOf(hour.hourMs, months),
    description: `${unit || metric} of OpenStack`,
    isCorrection: false,
    credits,
    usage: { metric, unit, site: site ?? "", resource: resource ?? "", amount, price },
  };
}

function periodOf(fromMs: number, months: readonly Month[]) {
  const { startMs, endMs } = months.find((month) => fromMs < month.endMs) as Month;
  return { fromMs, untilMs: fromMs + hourMs, billedFromMs: startMs, billedUntilMs: endMs };
}
