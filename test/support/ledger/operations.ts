import fc, { type Arbitrary } from "fast-check";
import type pg from "pg";
import { PRICE_SCALE, parseDecimal } from "../../../lib/billing/decimal.ts";
import { discardPorts } from "../../../lib/postgres/operations/discard.ts";
import { holdPorts } from "../../../lib/postgres/operations/holds.ts";
import { reratePorts } from "../../../lib/postgres/operations/rerate.ts";
import { retentionPorts } from "../../../lib/postgres/operations/retention.ts";
import { decideOnHolds } from "../../../lib/usecases/operations/decide-holds.ts";
import { discardMeasurements } from "../../../lib/usecases/operations/discard-measurements.ts";
import { removeOldMeasurements } from "../../../lib/usecases/operations/remove-old-measurements.ts";
import { rerate } from "../../../lib/usecases/operations/rerate.ts";
import type { DatabaseWorld } from "./database-world.ts";
import { BEGIN_MS, HOUR_MS } from "./histories.ts";
import { type ManySeries, manySeries } from "./many-series.ts";

/** Operations of operators and schedules between two batches. */
export type Operation =
  | {
      readonly kind: "discard";
      readonly project: string;
      readonly site: string | null;
      readonly fromMs: number;
      readonly untilMs: number;
    }
  | {
      readonly kind: "rerate";
      readonly project: string | null;
      readonly sinceMs: number;
      readonly credits: string;
      readonly stopped: boolean;
    }
  | {
      readonly kind: "decide";
      readonly project: string;
      readonly site: string | null;
      /** null: exactly what is held. */
      readonly range: { readonly fromMs: number; readonly untilMs: number } | null;
      readonly isAccepted: boolean;
    }
  | { readonly kind: "remove"; readonly horizonMs: number };

const instants = fc
  .oneof(fc.integer({ min: -1, max: 30 * 60 }), fc.constantFrom(0, 60, 120))
  .map((minutes) => BEGIN_MS + minutes * 60_000);
const names = fc.constantFrom("genomics", "proteomics");
export const discards = fc
  .record({
    kind: fc.constant("discard" as const),
    project: names,
    site: fc.constantFrom(null, "8676", ""),
    fromMs: instants,
    lengthMs: fc.oneof(fc.constant(0), fc.nat(6 * HOUR_MS)),
  })
  .map(({ lengthMs, ...rest }) => ({ ...rest, untilMs: rest.fromMs + lengthMs }));
export const rerates = fc.record({
  kind: fc.constant("rerate" as const),
  project: fc.constantFrom(null, "genomics", "proteomics"),
  sinceMs: instants,
  credits: fc.constantFrom("0", "2", "0.125"),
  stopped: fc.boolean(),
});
export const decisions = fc.record({
  kind: fc.constant("decide" as const),
  project: names,
  site: fc.constantFrom(null, "8676", ""),
  range: fc.option(
    fc
      .tuple(instants, fc.nat(20 * HOUR_MS))
      .map(([fromMs, lengthMs]) => ({ fromMs, untilMs: fromMs + lengthMs })),
  ),
  isAccepted: fc.boolean(),
});
export const removals = fc.record({ kind: fc.constant("remove" as const), horizonMs: instants });

export interface Story {
  readonly sent: ManySeries;
  readonly operations: ReadonlyMap<number, Operation>;
}

export function stories(operation: Arbitrary<Operation>): Arbitrary<Story> {
  return manySeries(8).chain((sent) =>
    fc
      .array(fc.tuple(fc.nat(sent.batches.length), operation), { minLength: 1, maxLength: 4 })
      .map((list) => ({ sent, operations: new Map(list) })),
  );
}

/** Runs it to its end, or as far as it says. */
export async function operate(
  pool: pg.Pool,
  world: DatabaseWorld,
  operation: Operation,
): Promise<void> {
  const who = { actor: "ada", reason: "test" };
  if (operation.kind === "remove") {
    await removeOldMeasurements(retentionPorts(pool), operation.horizonMs, () => false);
  } else if (operation.kind === "discard") {
    const { fromMs, untilMs, site } = operation;
    const scope = {
      projectName: world.name(operation.project),
      site,
      metric: null,
      resource: null,
    };
    const order = { scope, range: { fromMs, untilMs }, ...who };
    for await (const _ of discardMeasurements(order, discardPorts(pool), false));
  } else if (operation.kind === "decide") {
    const { project, site, range, isAccepted } = operation;
    const scope = { projectName: world.name(project), site, metric: null, resource: null };
    const order = { scope, range, isAccepted, ...who };
    for await (const _ of decideOnHolds(order, holdPorts(pool), false));
  } else {
    const { sinceMs, credits, stopped } = operation;
    const projectName = operation.project && world.name(operation.project);
    const price = { credits: parseDecimal(credits, PRICE_SCALE), fromMs: sinceMs };
    const metrics = ["project_vcpu_usage", "project_mb_usage"].map((name) => world.name(name));
    const prices = metrics.map((metric) => ({ metric, ...price }));
    const order = { scope: { projectName, site: null }, sinceMs, prices, ...who };
    let left = stopped ? 1 : Number.POSITIVE_INFINITY;
    const shouldStop = () => left-- <= 0;
    for await (const _ of rerate(order, reratePorts(pool), { dryRun: false, shouldStop }));
  }
}
