const hourMs = 3_600_000;

/** A project that stands still, so that its page shows one state for certain. */
export interface DemoState {
  readonly name: string;
  /** Hours ago, and the counter of vCPU-hours then, ascending. */
  readonly samples: readonly (readonly [hoursAgo: number, value: string])[];
  readonly granted: number | null;
}

const daily = (days: number, perDay: number): DemoState["samples"] =>
  Array.from({ length: days + 1 }, (_, day) => [24 * (days - day), String(day * perDay)] as const);

/** What a page has to show besides the ordinary. */
export const demoStates: Readonly<Record<string, DemoState>> = {
  "without a grant": { name: "no grant", samples: daily(20, 10), granted: null },
  "without usage": {
    name: "idle",
    samples: [
      [48, "5"],
      [0, "5"],
    ],
    granted: 100,
  },
  "of one hour": {
    name: "young",
    samples: [
      [0.8, "0"],
      [0.1, "3"],
    ],
    granted: 100,
  },
  "of a year": { name: "long lived", samples: daily(365, 48), granted: 30_000 },
  "over its grant": { name: "spent", samples: daily(30, 10), granted: 250 },
  "of a million credits": { name: "large", samples: daily(50, 20_000), granted: 1_500_000 },
  "of next to nothing": {
    name: "tiny",
    samples: [
      [30, "0"],
      [1, "0.000000000001"],
    ],
    granted: null,
  },
  "with a hostile name": {
    name: `<script>alert("1")</script> & 'quotes'`,
    samples: daily(10, 5),
    granted: 100,
  },
  "written from right to left": { name: "مشروع الجينوم", samples: daily(10, 5), granted: 100 },
};

/** Measurements of a year must be taken. */
export const demoDays = { LATE_DAYS: "400", KEEP_DAYS: "500" };

/** What the project's exporter would have sent up to an instant, oldest first. */
export const measurementsOf = ({ name, samples }: DemoState, nowMs: number) =>
  samples.map(([hoursAgo, value]) => ({
    project_name: name,
    metric: "project_vcpu_usage",
    site: "bielefeld",
    value,
    time: new Date(nowMs - hoursAgo * hourMs).toISOString(),
  }));
