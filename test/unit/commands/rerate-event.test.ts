import { describe, expect, test } from "@jest/globals";
import { PRICE_SCALE, parseDecimal } from "../../../lib/billing/decimal.ts";
import { readRerateEvent } from "../../../lib/commands/rerate-event.ts";
import { RerateRefused } from "../../../lib/usecases/operations/rerate.ts";

const event = {
  scope: { projectName: null, site: "8676" },
  since: "2026-11-01T01:00:00+01:00",
  prices: [{ metric: "gpu", credits: "0.300000000001", from: "2026-11-02T00:00:00Z" }],
  actor: "ada",
  reason: "the price was wrong",
  dryRun: true,
};

/** The faults of the event with these fields in the place of its own. */
function faults(fields: object): readonly string[] {
  try {
    readRerateEvent({ ...event, ...fields });
  } catch (error) {
    return (error as AggregateError).errors.map(({ message }) => message);
  }
  return [];
}

test("an event is an order, exact to the digit of its prices", () => {
  expect(readRerateEvent(event)).toEqual({
    order: {
      scope: { projectName: null, site: "8676" },
      sinceMs: Date.UTC(2026, 10, 1),
      prices: [
        {
          metric: "gpu",
          credits: parseDecimal("0.300000000001", PRICE_SCALE),
          fromMs: Date.UTC(2026, 10, 2),
        },
      ],
      actor: "ada",
      reason: "the price was wrong",
    },
    dryRun: true,
  });
});

test("without prices today's tariff is meant", () => {
  const { prices: _, ...others } = event;
  expect(readRerateEvent(others).order.prices).toEqual([]);
});

describe("a fault names its place:", () => {
  test.each([
    [{ since: "yesterday" }, "event.since must be an instant such as 2026-11-23T09:00:00Z"],
    [{ since: undefined }, "event.since must be an instant"],
    [{ since: 0 }, "event.since must be an instant"],
    [{ dryRun: "no" }, "event.dryRun must be true or false"],
    [{ dryRun: undefined }, "event.dryRun must be true or false"],
    [{ scope: {} }, "event.scope.projectName must be a text, or null"],
    [{ dry_run: true }, "event must be {scope, since"],
    [{ prices: {} }, "event.prices must be a list"],
    [{ prices: [{ ...event.prices[0], credits: "-1" }] }, "event.prices[0].credits must be a text"],
    [{ prices: [{ ...event.prices[0], credits: 1 }] }, "event.prices[0].credits must be a text"],
    [{ prices: [{ ...event.prices[0], until: "" }] }, "event.prices[0] must be {metric"],
    [{ actor: null }, "event.actor must be a text"],
  ])("%j", (fields, message) => {
    expect(faults(fields)).toContainEqual(expect.stringContaining(message));
  });

  test("all of them at once", () => {
    expect(faults({ since: "", dryRun: 1, reason: 1 })).toHaveLength(3);
  });
});

test.each([
  [{ since: "2999-01-01T00:00:00Z" }],
  [{ prices: [{ metric: "gpu", credits: "1", from: "2026-10-31T00:00:00Z" }] }],
  [{ actor: " " }],
  [{ reason: "" }],
])("an order that makes no sense is refused by the rule of the command: %j", (fields) => {
  expect(() => readRerateEvent({ ...event, ...fields })).toThrow(RerateRefused);
});
