import { formatCredits } from "../billing/credits.ts";
import { CREDITS_SCALE, type DecimalText, divideHalfEven } from "../billing/decimal.ts";
import { dayMs, hourMs, minuteMs } from "../billing/time.ts";

/** How amounts and times are written in one language and one time zone. Amounts are at CREDITS_SCALE. */
export interface Figures {
  /** Every digit: `78,424.25`. */
  exact(credits: bigint): string;
  /** Every digit of plain decimal text. */
  exactText(amount: DecimalText): string;
  /** For a card: whole credits from 1,000 on, else one decimal place; never zero for what is not. */
  short(credits: bigint): string;
  /** For an axis: `250 k`. A float, because it only has to be near. */
  axis(credits: number): string;
  /** Whole percent of the whole; the whole is not zero. */
  percent(part: bigint, whole: bigint): string;
  date(ms: number): string;
  /** Day and month, for an axis of weeks. */
  day(ms: number): string;
  month(ms: number): string;
  time(ms: number): string;
  dateTime(ms: number): string;
  /** To the second, without and with the day. */
  clock(ms: number): string;
  moment(ms: number): string;
  /** `2 minutes ago`. */
  ago(ms: number, nowMs: number): string;
}

const one = 10n ** BigInt(CREDITS_SCALE);
const tenth = one / 10n;

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** Makes each formatter once: a thousand calls of `toLocaleString` with options take a fifth of a second. */
export function figuresOf(language: string, timeZone: string): Figures {
  const exact = new Intl.NumberFormat(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: CREDITS_SCALE,
  });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const oneDecimal = new Intl.NumberFormat(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const compact = new Intl.NumberFormat(language, {
    notation: "compact",
    maximumSignificantDigits: 3,
  });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const times = timesOf(language, timeZone);
  const text = (credits: bigint) => formatCredits(credits) as Intl.StringNumericLiteral;
  const rounded = (credits: bigint, step: bigint) => text(divideHalfEven(credits, step) * step);
  return {
    ...times,
    exact: (credits) => exact.format(text(credits)),
    exactText: (amount) => exact.format(amount as Intl.StringNumericLiteral),
    short: (credits) => {
      if (absolute(credits) >= 1_000n * one) return whole.format(rounded(credits, one));
      const isTiny = credits !== 0n && divideHalfEven(credits, tenth) === 0n;
      if (isTiny) return `${credits < 0n ? "> −" : "< "}${oneDecimal.format(0.1)}`;
      return oneDecimal.format(rounded(credits, tenth));
    },
    axis: (credits) => (Math.abs(credits) < 0.001 ? shortest(credits) : compact.format(credits)),
    percent: (part, ofWhole) => percent.format(Number(divideHalfEven(part * 100n, ofWhole)) / 100),
  };
}

const shortest = (credits: number) => (credits === 0 ? "0" : credits.toExponential());

const steps = [
  { unit: "day", ms: dayMs },
  { unit: "hour", ms: hourMs },
  { unit: "minute", ms: minuteMs },
  { unit: "second", ms: 1000 },
] as const;

function timesOf(language: string, timeZone: string) {
  // `en` alone would write the American order of month and day.
  const locale = language === "en" ? "en-GB" : language;
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    return (ms: number) => formatter.format(ms);
  };
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const day = { day: "numeric", month: "short" } as const;
  const date = { ...day, year: "numeric" } as const;
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  return {
    date: format(date),
    day: format(day),
    month: format({ month: "short", year: "2-digit" }),
    time: format(clock),
    dateTime: format({ ...date, ...clock }),
    clock: format({ ...clock, second: "2-digit" }),
    moment: format({ ...day, ...clock, second: "2-digit" }),
    ago: (ms: number, nowMs: number) => {
      const pastMs = Math.max(nowMs - ms, 0);
      const { unit, ms: unitMs } = steps.find((step) => pastMs >= step.ms) ?? steps[3];
      return relative.format(-Math.floor(pastMs / unitMs), unit);
    },
  };
}
