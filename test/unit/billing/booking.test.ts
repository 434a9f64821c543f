import { describe, expect, test } from "@jest/globals";
import type { StoredWindow } from "../../../lib/billing/anchors.ts";
import {
  bookSeries,
  EMPTY_SERIES,
  type SeriesBooking,
  type SeriesState,
} from "../../../lib/billing/booking.ts";
import { fold } from "../../../lib/billing/fold.ts";
import { mergeSamples } from "../../../lib/billing/merge.ts";
import type { Sample } from "../../../lib/billing/sample.ts";
import { at, measured, tariff, usageByHour, usageOf } from "./worked-example.ts";

const hourWindow = tariff();

function stateAfter(...lines: string[]): SeriesState {
  const samples = measured(...lines);
  return { last: samples.at(-1) ?? null, openDrop: fold(samples, hourWindow).openDrop };
}

function whole(...lines: string[]): StoredWindow {
  return { stored: measured(...lines), reachesStart: true, reachesEnd: true };
}

function booked(state: SeriesState, fresh: Sample[], window?: StoredWindow): SeriesBooking {
  const query = { state, fresh, tariff: hourWindow };
  const booking = bookSeries(window ? { ...query, window } : query);
  if ("need" in booking) throw new Error(`Needs to read ${booking.need}`);
  return booking;
}

describe("without reading what is stored", () => {
  test("a new series is billed from its first measurement on", () => {
    const { hours, state } = booked(EMPTY_SERIES, measured("09:00 100", "09:15 103"));
    expect(usageByHour(hours)).toEqual({ "09:00": "3.0" });
    expect(state).toEqual(stateAfter("09:00 100", "09:15 103"));
  });

  test("a series goes on from its last measurement", () => {
    const { hours } = booked(stateAfter("08:45 90", "09:00 100"), measured("09:15 103"));
    expect(usageByHour(hours)).toEqual({ "09:00": "3.0" });
  });

  test("nothing new changes nothing", () => {
    const state = stateAfter("09:00 100");
    expect(booked(state, [])).toEqual({
      hours: new Map(),
      corrections: new Map(),
      held: { removedMs: [], added: [] },
      state,
      doubts: { deepDipsMs: [], largeSteps: [], largestPace: 0 },
    });
  });

  const dropped = stateAfter("09:00 100", "09:15 40", "09:30 45");

  test("a drop stays open while nothing reaches its peak", () => {
    const { hours, state } = booked(dropped, measured("09:45 50", "10:15 60"));
    expect(hours.size).toBe(0);
    expect(state).toEqual({ last: measured("10:15 60")[0], openDrop: dropped.openDrop });
  });

  test("a drop heals when the old value comes back, and the series goes on", () => {
    const { hours, state } = booked(dropped, measured("10:00 104", "10:30 110"));
    expect(usageByHour(hours)).toEqual({ "09:00": "4.0", "10:00": "6.0" });
    expect(state.openDrop).toBeNull();
  });

  test("a drop at the last measurement may also be decided as a reset", () => {
    const { hours } = booked(stateAfter("09:00 100", "09:15 40"), measured("11:15 48"));
    expect(usageByHour(hours)).toEqual({ "09:00": "3.0", "10:00": "4.0", "11:00": "1.0" });
  });
});

describe("with what is stored", () => {
  const stored = ["09:00 100", "09:15 40", "09:30 45"];

  test("an open drop becomes a reset: everything from its peak on is asked for", () => {
    const query = { state: stateAfter(...stored), fresh: measured("10:30 51"), tariff: hourWindow };
    expect(bookSeries(query)).toEqual({ need: "earlier", fromMs: at("09:00") });
    const { hours, corrections, state } = booked(query.state, query.fresh, whole(...stored));
    expect(usageByHour(hours)).toEqual({ "09:00": "8.0", "10:00": "3.0" });
    expect(corrections.size).toBe(0);
    expect(state).toEqual(stateAfter(...stored, "10:30 51"));
  });

  test("a late measurement moves usage between hours, and that is a correction", () => {
    const lines = ["09:00 0", "11:00 8"];
    const fresh = measured("10:00 7");
    expect(bookSeries({ state: stateAfter(...lines), fresh, tariff: hourWindow })).toEqual({
      need: "both",
    });
    const { hours, corrections, state } = booked(stateAfter(...lines), fresh, whole(...lines));
    expect(usageByHour(hours)).toEqual({ "09:00": "3.0", "10:00": "-3.0" });
    expect(corrections).toEqual(hours);
    expect(state).toEqual(stateAfter(...lines));
  });

  test("a late measurement turns a reset into a dip", () => {
    const lines = ["09:00 100", "09:15 40", "11:00 110"];
    const { hours } = booked(stateAfter(...lines), measured("10:15 100"), whole(...lines));
    expect(usageOf(hours)).toBe("-60.0");
  });

  test("a batch with late and new measurements corrects only what was billed before", () => {
    const lines = ["09:00 0", "11:00 8"];
    const fresh = measured("10:00 7", "12:00 9");
    const { hours, corrections } = booked(stateAfter(...lines), fresh, whole(...lines));
    expect(usageByHour(hours)).toEqual({ "09:00": "3.0", "10:00": "-3.0", "11:00": "1.0" });
    expect(usageByHour(corrections)).toEqual({ "09:00": "3.0", "10:00": "-3.0" });
  });

  test("a measurement before the first one becomes the baseline", () => {
    const { hours } = booked(stateAfter("09:00 100"), measured("08:00 90"), whole("09:00 100"));
    expect(usageByHour(hours)).toEqual({ "08:00": "10.0" });
  });

  test("a lower value for the last time takes back what the higher one cost", () => {
    const lines = ["09:00 100", "09:15 110"];
    const { hours, state } = booked(stateAfter(...lines), measured("09:15 104"), whole(...lines));
    expect(usageByHour(hours)).toEqual({ "09:00": "-6.0" });
    expect(state.last).toEqual(measured("09:15 104")[0]);
  });
});

describe("two values for the same time", () => {
  test.each<{
    story: string;
    stored: string[];
    fresh: string[];
    kept: string[];
    refused: string[];
  }>`
    story                          | stored          | fresh                          | kept            | refused
    ${"the lower one counts, old"} | ${["09:00 40"]} | ${["09:00 50"]}                | ${["09:00 40"]} | ${["50"]}
    ${"the lower one counts, new"} | ${["09:00 50"]} | ${["09:00 40"]}                | ${["09:00 40"]} | ${["50"]}
    ${"equal ones are one"}        | ${["09:00 1"]}  | ${["09:00 1.0", "09:00 1.00"]} | ${["09:00 1"]}  | ${[]}
    ${"within one batch, too"}     | ${[]}           | ${["09:00 3", "09:00 2"]}      | ${["09:00 2"]}  | ${["3"]}
  `("$story", ({ stored, fresh, kept, refused }) => {
    const { samples, conflicts } = mergeSamples(measured(...stored), measured(...fresh));
    const timeMs = at("09:00");
    const [keptSample] = measured(...kept);
    expect(samples).toEqual([keptSample]);
    expect(conflicts).toEqual(
      measured(...refused.map((value: string) => `09:00 ${value}`)).map(({ value }) => ({
        timeMs,
        kept: keptSample?.value,
        refused: value,
      })),
    );
  });

  test("only what is new or lower is fresh", () => {
    const stored = measured("09:00 10", "09:15 20", "09:30 30");
    const fresh = measured("09:45 40", "09:30 25", "09:15 20", "09:00 11", "08:45 5");
    expect(mergeSamples(stored, fresh).changed).toEqual(
      measured("08:45 5", "09:30 25", "09:45 40"),
    );
  });
});
