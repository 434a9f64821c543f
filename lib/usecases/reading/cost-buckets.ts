/** What is told apart within a bucket; null: not told apart by it. */
export interface CostGroup {
  readonly metric: string;
  readonly unit: string;
  readonly site: string | null;
  readonly resource: string | null;
}

/** What one group used in one UTC hour. Usage at VALUE_SCALE, credits at CREDITS_SCALE. */
export interface HourCost extends CostGroup {
  readonly hourMs: number;
  readonly usage: bigint;
  readonly credits: bigint;
}

export interface LedgerCosts {
  readonly hours: readonly HourCost[];
  readonly adjustments: readonly { readonly atMs: number; readonly credits: bigint }[];
  /** Hours whose costs were changed after they had been billed; both inclusive. */
  readonly corrected: readonly {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly atMs: number;
  }[];
  /** The first and the last measurement; null: there is none. */
  readonly measuredFromMs: number | null;
  readonly measuredUntilMs: number | null;
}

export interface GroupCost extends CostGroup {
  usage: bigint;
  credits: bigint;
}

export interface Costs {
  /** Of what was used, without the adjustments. */
  credits: bigint;
  adjustments: bigint;
  readonly by: Map<string, GroupCost>;
}

export interface Bucket extends Costs {
  readonly startMs: number;
  readonly endMs: number;
  /** `full`: measured from its start to its end. `partial`: within it measuring began, or has come so far. */
  readonly coverage: "full" | "partial" | "none";
  /** When an hour of it was corrected last; null: never. */
  correctedMs: number | null;
}

const noCosts = (): Costs => ({ credits: 0n, adjustments: 0n, by: new Map() });

/** The costs of the buckets between the edges, none left out, and of all of them. What lies outside is not counted. */
export function costBuckets(
  costs: LedgerCosts,
  edges: readonly number[],
): { readonly buckets: readonly Bucket[]; readonly total: Costs } {
  const buckets = edges.slice(0, -1).map((startMs, index): Bucket => {
    const endMs = edges[index + 1] as number;
    return {
      startMs,
      endMs,
      coverage: coverageOf(startMs, endMs, costs),
      correctedMs: null,
      ...noCosts(),
    };
  });
  const total = noCosts();
  for (const hour of costs.hours) {
    const bucket = bucketAt(buckets, hour.hourMs);
    if (bucket === undefined) continue;
    const key = keyOf(hour);
    addHour(bucket, key, hour);
    addHour(total, key, hour);
  }
  for (const { atMs, credits } of costs.adjustments) {
    const bucket = bucketAt(buckets, atMs);
    if (bucket === undefined) continue;
    bucket.adjustments += credits;
    total.adjustments += credits;
  }
  markCorrected(buckets, costs.corrected);
  return { buckets, total };
}

const keyOf = ({ metric, site, resource }: HourCost): string =>
  site === null && resource === null ? metric : JSON.stringify([metric, site, resource]);

function addHour(costs: Costs, key: string, hour: HourCost): void {
  const { metric, unit, site, resource, usage, credits } = hour;
  costs.credits += credits;
  const group = costs.by.get(key);
  if (group === undefined) costs.by.set(key, { metric, unit, site, resource, usage, credits });
  else {
    group.usage += usage;
    group.credits += credits;
  }
}

/** The bucket that holds the instant; a bucket holds its start, not its end. */
function bucketAt(buckets: readonly Bucket[], ms: number): Bucket | undefined {
  const bucket = buckets[firstEndingAfter(buckets, ms)];
  return bucket !== undefined && bucket.startMs <= ms ? bucket : undefined;
}

/** Buckets ascend, so half of the rest is left out with each look. */
function firstEndingAfter(buckets: readonly Bucket[], ms: number): number {
  let [low, high] = [0, buckets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((buckets[middle] as Bucket).endMs > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

function markCorrected(buckets: readonly Bucket[], corrected: LedgerCosts["corrected"]): void {
  for (const { fromMs, untilMs, atMs } of corrected) {
    for (let index = firstEndingAfter(buckets, fromMs); index < buckets.length; index++) {
      const bucket = buckets[index] as Bucket;
      if (bucket.startMs > untilMs) break;
      bucket.correctedMs = Math.max(bucket.correctedMs ?? atMs, atMs);
    }
  }
}

function coverageOf(
  startMs: number,
  endMs: number,
  { measuredFromMs, measuredUntilMs }: LedgerCosts,
): Bucket["coverage"] {
  if (measuredFromMs === null || measuredUntilMs === null) return "none";
  if (endMs <= measuredFromMs || startMs >= measuredUntilMs) return "none";
  return startMs >= measuredFromMs && endMs <= measuredUntilMs ? "full" : "partial";
}
