import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { limitScan } from "../../../lib/postgres/notices/limit-scan.ts";
import { limitedProject } from "../../support/notices/limited-project.ts";
import { propertyRuns } from "../../support/properties.ts";
import { useDatabase } from "../../support/servers/use-database.ts";

const database = useDatabase();

let nowMs = Date.UTC(2026, 10, 23);
function standard() {
  nowMs += 60_000;
  return limitScan(database.pool)(["50", "100"], nowMs);
}
const project = (name: string) => limitedProject(database.pool, name);

describe("for any sequence of usage, grants and scans", () => {
  type Step =
    | { readonly what: "use"; readonly credits: number }
    | { readonly what: "grant"; readonly credits: number | null }
    | { readonly what: "scan" };
  const credits = fc.constantFrom(0, 1, 24, 25, 49, 50, 51, 99, 100, 101, 200);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ what: fc.constant("use" as const), credits }),
    fc.record({ what: fc.constant("grant" as const), credits: fc.option(credits) }),
    fc.constant({ what: "scan" as const }),
  );

  /** The plain state machine: a limit is armed or not, and only a scan changes that. */
  function expected(steps: readonly Step[]): string[] {
    const armed = new Map([50, 100].map((threshold) => [threshold, true]));
    const told: string[] = [];
    let used = 0;
    let granted: number | null = null;
    for (const one of steps) {
      if (one.what === "use") used = one.credits;
      else if (one.what === "grant") granted = one.credits;
      else if (granted !== null) {
        for (const [threshold, isArmed] of armed) {
          const limit = (granted * threshold) / 100;
          if (isArmed && granted > 0 && used >= limit) {
            armed.set(threshold, false);
            told.push(`${threshold}: ${used} of ${granted}`);
          } else if (used < limit) armed.set(threshold, true);
        }
      }
    }
    return told;
  }

  test("the notices are exactly those that a plain state machine over the scans would send", async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        count += 1;
        const one = project(`property ${count}`);
        let [used, granted] = [0, null as number | null];
        const told: string[] = [];
        for (const taken of steps) {
          if (taken.what === "use") used = taken.credits;
          if (taken.what === "grant") granted = taken.credits;
          await one.set(String(used), granted === null ? null : String(granted));
          if (taken.what !== "scan") continue;
          await standard();
          told.push(...(await one.noticed()));
        }
        expect(told).toEqual(expected(steps));
      }),
      propertyRuns(40),
    );
  });
});
