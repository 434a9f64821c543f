import { expect, test } from "@jest/globals";
import { rangeBefore } from "../../../lib/http/range-query.ts";
import { zoneOffset } from "../../../lib/usecases/reading/calendar.ts";

const berlin = zoneOffset("Europe/Berlin");
const ms = (text: string) => Date.parse(text);

test.each([
  [
    "as long",
    "2026-11-23T00:00+01:00",
    "2026-11-25T00:00+01:00",
    "2026-11-21T00:00+01:00",
    "2026-11-23T00:00+01:00",
  ],
  [
    "from midnight to midnight, though the clock is changed",
    "2026-10-26T00:00+01:00",
    "2026-10-27T00:00+01:00",
    "2026-10-25T00:00+02:00",
    "2026-10-26T00:00+01:00",
  ],
  [
    "only as much of it as has passed of a day that is not over",
    "2026-11-26T00:00+01:00",
    "2026-11-27T00:00+01:00",
    "2026-11-25T00:00+01:00",
    "2026-11-25T13:00+01:00",
  ],
])("the range before is %s", (_what, from, until, fromBefore, untilBefore) => {
  const nowMs = ms("2026-11-26T13:00+01:00");
  expect(rangeBefore({ fromMs: ms(from), untilMs: ms(until) }, berlin, nowMs)).toEqual({
    fromMs: ms(fromBefore),
    untilMs: ms(untilBefore),
  });
});

test("a range of which nothing has passed is compared with nothing", () => {
  const range = { fromMs: ms("2027-01-01T00:00Z"), untilMs: ms("2027-02-01T00:00Z") };
  expect(rangeBefore(range, berlin, ms("2026-11-26T13:00Z"))).toBeNull();
});
