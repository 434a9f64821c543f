import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseStatement } from "../../lib/http/statements.ts";
import type { HourCost } from "../../lib/usecases/reading/cost-buckets.ts";
import { type Month, monthsBetween } from "../../lib/usecases/statements/months.ts";
import {
  type Closed,
  openStatements,
  type Statement,
  type StatementAdjustment,
} from "../../lib/usecases/statements/statement.ts";
import { seal } from "../../lib/usecases/statements/statement-text.ts";
import { chainFaults, statementFaults } from "../../lib/usecases/statements/verify-statement.ts";
import { propertyRuns } from "../support/properties.ts";

const hourMs = 3_600_000;
const beginMs = Date.UTC(2026, 6, 20);
const hoursMax = 150 * 24;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia");
const amounts = fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n });

/** What happens to a project's ledger: an hour comes to cost more or less, something is booked, a month is closed. */
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("hour" as const),
      hour: fc.nat(hoursMax),
      metric: fc.constantFrom("vcpu", "ram"),
      site: fc.constantFrom("", "berlin"),
      credits: amounts,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("adjustment" as const),
      hour: fc.nat(hoursMax),
      credits: amounts,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("close" as const) }) },
);

interface Story {
  readonly hours: HourCost[];
  readonly adjustments: StatementAdjustment[];
  readonly closed: (Closed & { readonly text: string; readonly sha256: string })[];
}

/** The statements behind the closed ones, as the ledger is now. */
function openOf({ hours, adjustments, closed }: Story, months: readonly Month[]) {
  const costs = {
    hours,
    adjustments: [],
    corrected: [],
    measuredFromMs: beginMs,
    measuredUntilMs: beginMs + hoursMax * hourMs,
  };
  return openStatements({ months, costs, adjustments, grants: [], closed });
}

function closeNext(story: Story, months: readonly Month[], timezone: string): void {
  const [next] = openOf(story, months);
  if (next === undefined) return;
  const previousSha256 = story.closed.at(-1)?.sha256 ?? null;
  const head = { projectName: "genomics", timezone, closedMs: next.month.endMs, previousSha256 };
  const sealed = seal(next, head, hashOf);
  story.closed.push({
    month: next.month.name,
    used: next.closing.used,
    adjustmentIds: next.adjustments.map(({ id }) => id),
    lines: [
      ...next.usage.map((line) => ({ ...line, month: next.month.name })),
      ...next.corrections,
    ],
    ...sealed,
  });
}

const sumOf = ({ usage, corrections, adjustments }: Statement) =>
  [...usage, ...corrections, ...adjustments].reduce((sum, { credits }) => sum + credits, 0n);

test("statements add up and follow each other, whatever is changed, booked and closed in which order", () => {
  fc.assert(
    fc.property(zones, fc.array(event, { maxLength: 60 }), (timezone, events) => {
      const months = monthsBetween(beginMs, beginMs + hoursMax * hourMs, timezone);
      const story: Story = { hours: [], adjustments: [], closed: [] };
      for (const [index, one] of events.entries()) {
        if (one.kind === "close") closeNext(story, months, timezone);
        else if (one.kind === "adjustment") {
          const atMs = beginMs + one.hour * hourMs;
          const { credits } = one;
          story.adjustments.push({ id: String(index), atMs, credits, reason: "r", actor: "a" });
        } else {
          const { metric, site, credits } = one;
          const group = { metric, unit: "hours", site, resource: null };
          story.hours.push({
            ...group,
            hourMs: beginMs + one.hour * hourMs,
            usage: credits,
            credits,
          });
        }
      }
      const open = openOf(story, months);
      // Each by itself, and behind the one before.
      let used = story.closed.at(-1)?.used ?? 0n;
      for (const statement of open) {
        expect(statement.opening.used).toBe(used);
        expect(statement.closing.used).toBe(used + sumOf(statement));
        used = statement.closing.used;
      }
      // Where a month is open, all that was ever used and booked is accounted for.
      const all = [...story.hours, ...story.adjustments].reduce(
        (sum, one) => sum + one.credits,
        0n,
      );
      if (open.length > 0) expect(used).toBe(all);
      // What is handed out of closed ones can be checked by itself.
      const texts = story.closed.map(({ text }) => text);
      for (const text of texts)
        expect(statementFaults(text, parseStatement(text), hashOf)).toEqual([]);
      expect(chainFaults(texts.map(parseStatement))).toEqual([]);
    }),
    propertyRuns(300),
  );
});
