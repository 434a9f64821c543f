import { describe, expect, test } from "@jest/globals";
import { floorAtOrBefore, samplesToFold } from "../../../lib/billing/anchors.ts";
import { at, forever, hours, measured, tariff } from "./worked-example.ts";

const rising = ["08:00 1", "09:00 2", "10:00 3", "11:00 4", "12:00 5"];
const terms = tariff({ dipWindowMs: 1 * hours });

describe("a late sample", () => {
  const whole = { reachesStart: true, reachesEnd: true, tariff: terms };

  test("in a rising series takes one sample on each side", () => {
    const fresh = measured("10:30 3");
    expect(samplesToFold({ ...whole, stored: measured(...rising), fresh })).toEqual({
      before: measured("10:00 3", "11:00 4"),
      after: measured("10:00 3", "10:30 3", "11:00 4"),
      reachesEnd: false,
    });
  });

  test("in a dip takes everything from the peak to the recovery", () => {
    const stored = measured("08:00 1", "09:00 5", "09:10 2", "09:30 3", "10:00 5", "11:00 6");
    const stretch = samplesToFold({ ...whole, stored, fresh: measured("09:20 1") });
    expect(stretch).toMatchObject({ before: stored.slice(1, 5), reachesEnd: false });
  });

  test("with a higher value takes what lies below it, for as long as it might be a peak", () => {
    const stored = measured(...rising, "12:30 6", "14:00 7");
    const stretch = samplesToFold({ ...whole, stored, fresh: measured("10:30 9") });
    // At 12:30 the 9 has left the window, and the last one before the window is the 4 of 11:00.
    expect(stretch).toMatchObject({ before: measured("10:00 3", "11:00 4", "12:00 5", "12:30 6") });
  });

  test("with a lower value for a stored time starts before that time", () => {
    const stretch = samplesToFold({
      ...whole,
      stored: measured(...rising),
      fresh: measured("10:00 2"),
    });
    expect(stretch).toMatchObject({ before: measured("09:00 2", "10:00 3", "11:00 4") });
  });

  test("before the first one starts with itself", () => {
    const stretch = samplesToFold({
      ...whole,
      stored: measured(...rising),
      fresh: measured("07:00 0"),
    });
    expect(stretch).toMatchObject({ before: measured("08:00 1") });
  });
});

describe("a window that was read", () => {
  const some = { stored: measured("10:00 3", "11:00 4"), reachesStart: false, reachesEnd: false };

  test.each([
    ["earlier", "10:30 3", "without what lies before the window of its first sample"],
    ["earlier", "09:30 2", "without a sample before the fresh one"],
    ["both", "11:30 4", "without one after it either"],
  ] as const)("has to begin or end elsewhere (%s) for %s: %s", (need, fresh, _why) => {
    const query = { ...some, fresh: measured(fresh), tariff: terms };
    expect(samplesToFold({ ...query, reachesEnd: need === "earlier" })).toEqual({ need });
  });

  test("has to end later for a sample after its end", () => {
    const query = { ...some, reachesStart: true, fresh: measured("11:30 4"), tariff: terms };
    expect(samplesToFold(query)).toEqual({ need: "later" });
  });

  test("that lacks the known start is searched for an anchor like any other", () => {
    const query = {
      stored: measured(...rising),
      reachesStart: true,
      reachesEnd: true,
      tariff: terms,
    };
    const fresh = measured("12:30 6");
    const start = (clock: string) => samplesToFold({ ...query, fresh, knownStartMs: at(clock) });
    expect(start("09:00")).toMatchObject({ before: measured(...rising.slice(1)) });
    expect(start("09:30")).toMatchObject({ before: measured("12:00 5") });
  });

  test("is not the end of the series where it ends with its last sample", () => {
    const query = { ...some, reachesStart: true, fresh: measured("10:30 3"), tariff: terms };
    expect(samplesToFold(query)).toMatchObject({ reachesEnd: false });
  });

  test("is enough for a gauge with one sample on each side", () => {
    const query = { ...some, fresh: measured("10:30 9"), tariff: tariff({ kind: "gauge" }) };
    expect(samplesToFold(query)).toMatchObject({ before: some.stored });
  });
});

describe("the retention floor", () => {
  const dropped = measured("08:00 5", "09:00 6", "09:30 2", "09:45 3", "11:00 4", "12:00 5");
  const all = { stored: dropped, reachesStart: true };

  test.each([
    ["09:15", "09:00 6", "the last one before the horizon"],
    ["09:50", "09:00 6", "the peak, while the drop may still turn out to be a dip"],
    ["11:00", "11:00 4", "the first one that the peak can no longer reach"],
    ["23:00", "12:00 5", "the last one of all"],
  ])("with the horizon at %s is %s: %s", (horizon, floor) => {
    expect(floorAtOrBefore(all, terms, at(horizon))).toEqual(measured(floor)[0]);
  });

  test("waits at the highest value where drops may heal for ever", () => {
    const ever = tariff({ dipWindowMs: forever });
    expect(floorAtOrBefore(all, ever, at("23:00"))).toEqual(measured("09:00 6")[0]);
  });

  test("stays where nothing is old enough", () => {
    expect(floorAtOrBefore(all, terms, at("07:00"))).toBeNull();
    expect(floorAtOrBefore({ ...all, reachesStart: false }, terms, at("07:00"))).toEqual({
      need: "earlier",
    });
  });
});
