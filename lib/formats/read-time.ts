const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** RFC 3339 with `Z` or an offset → Unix ms, floored; undefined for everything else. */
export function readRfc3339(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHour, offsetMinute] =
    match;
  // A leap second is the first moment of the next minute, as everywhere in Unix time.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const midnightMs = readDate(Number(year), Number(month), Number(day));
  const offset = sign === undefined ? 0 : readOffset(Number(offsetHour), Number(offsetMinute));
  if (midnightMs === undefined || offset === undefined) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  return midnightMs + seconds * 1000 + ms - (sign === "-" ? -offset : offset);
}

/** Says what to change about a text that is nearly RFC 3339; undefined where it is not near. */
export function explainRfc3339(text: string): string | undefined {
  if (/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?:[Zz]|[+-]\d\d:?\d\d)?$/.test(text)) {
    return "the seconds are missing: write the time as 2026-11-25T20:00:00Z";
  }
  if (/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?$/.test(text)) {
    return "the offset from UTC is missing: end the time with Z or an offset such as +01:00";
  }
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    return "the time of day is missing: write the time as 2026-11-25T20:00:00Z";
  }
  return undefined;
}

/** The query parameter `time` and the field `time`: RFC 3339, or digits that count Unix milliseconds. */
export function readInstant(text: string): number | undefined {
  return /^-?\d{1,19}$/.test(text) ? Number(text) : readRfc3339(text);
}

function readDate(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  // `Date.UTC` would take the year 26 for 1926.
  date.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have lies in another one.
  return date.getUTCMonth() === month - 1 ? date.getTime() : undefined;
}

function readOffset(hours: number, minutes: number): number | undefined {
  return hours <= 23 && minutes <= 59 ? (hours * 60 + minutes) * 60_000 : undefined;
}

/** Whole milliseconds, as text exposition and remote write count; beyond 64 bits nothing is a time. */
export function readUnixMs(text: string): number | undefined {
  return /^[+-]?\d{1,19}$/.test(text) ? Number(text) : undefined;
}

const seconds = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,3}))?$/;

/** Seconds with a fraction, as OpenMetrics counts → Unix ms, floored exactly and not by way of a float. */
export function readUnixSeconds(text: string): number | undefined {
  const match = seconds.exec(text);
  if (match === null) return undefined;
  const [, sign, integer = "", fraction = "", onlyFraction = "", exponent = "0"] = match;
  const digits = integer + fraction + onlyFraction;
  const point = integer.length + Number(exponent) + 3;
  const whole = Number(digits.slice(0, Math.max(point, 0)).padEnd(point, "0"));
  if (sign !== "-") return whole;
  return /[1-9]/.test(digits.slice(Math.max(point, 0))) ? -whole - 1 : -whole;
}

/** The units in which line protocol may count, each in nanoseconds. */
export const unixUnits = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n } as const;

export type UnixUnit = keyof typeof unixUnits;

/** Whole units since 1970 → Unix ms, floored exactly: a float64 cannot hold nanoseconds. */
export function readUnixCount(text: string, unit: UnixUnit): number | undefined {
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const nanoseconds = BigInt(text.startsWith("+") ? text.slice(1) : text) * unixUnits[unit];
  const ms = nanoseconds / unixUnits.ms;
  return Number(nanoseconds < 0n && nanoseconds % unixUnits.ms !== 0n ? ms - 1n : ms);
}
