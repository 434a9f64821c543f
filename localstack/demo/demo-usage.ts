/** One exporter's view of one project: what its machines have used since the counting began. */
export interface DemoProject {
  readonly projectName: string;
  readonly site: string;
  readonly vcpus: number;
  readonly gib: number;
}

export interface DemoMeasurement {
  readonly project_name: string;
  readonly metric: string;
  readonly value: string;
  readonly time: string;
  readonly site: string;
}

// Names as people give them: with spaces, umlauts, quotes, a comma; and one project at two sites.
export const demoProjects: readonly DemoProject[] = [
  { projectName: "Mikrobiom Köln", site: "8676", vcpus: 56, gib: 128 },
  { projectName: "Mikrobiom Köln", site: "8650", vcpus: 28, gib: 64 },
  { projectName: "Straßenbäume, Berlin", site: "8676", vcpus: 14, gib: 32 },
  { projectName: "O'Brien's folding lab", site: "8650", vcpus: 112, gib: 256 },
  { projectName: '"Genome" Atlas', site: "8676", vcpus: 28, gib: 512 },
  { projectName: "teaching 2026", site: "8650", vcpus: 8, gib: 16 },
  { projectName: "single-cell", site: "8676", vcpus: 4, gib: 8 },
];

export const tickSeconds = 5;
const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;
const pastDays = 28;
const countingSince = Date.UTC(2024, 0, 1) / 1000;

// How busy the machines are in each hour of the day, in percent: quiet nights, busy afternoons.
const busy = [
  25, 20, 20, 20, 20, 25, 35, 50, 75, 95, 100, 100, 90, 95, 100, 100, 95, 85, 70, 60, 50, 40, 35,
  30,
];
const busyDay = busy.reduce((sum, percent) => sum + percent * hourSeconds, 0);

/** Percent-seconds from the beginning of the counting up to the time (Unix seconds). */
function percentSeconds(time: number): number {
  const seconds = time - countingSince;
  const rest = seconds % daySeconds;
  const hour = Math.floor(rest / hourSeconds);
  const fullHours = busy.slice(0, hour).reduce((sum, percent) => sum + percent * hourSeconds, 0);
  const started = (busy[hour] ?? 0) * (rest % hourSeconds);
  return Math.floor(seconds / daySeconds) * busyDay + fullHours + started;
}

/**
 * Units-hours used up to the time (whole Unix seconds), as a decimal of six places. It depends on
 * nothing but the time, so that whoever posts it again posts the same. All integers stay below 2^53.
 */
export function usedUntil(units: number, time: number): string {
  // Millionths per second of a machine that is busy by one percent.
  const rate = Math.round((units * 1_000_000) / hourSeconds / 100);
  const millionths = rate * percentSeconds(time);
  const fraction = String(millionths % 1_000_000).padStart(6, "0");
  return `${Math.floor(millionths / 1_000_000)}.${fraction}`;
}

/** The project's two counters at the time (whole Unix seconds). */
export function measurementsAt(project: DemoProject, time: number): DemoMeasurement[] {
  const common = {
    project_name: project.projectName,
    site: project.site,
    time: new Date(time * 1000).toISOString(),
  };
  return [
    { ...common, metric: "project_vcpu_usage", value: usedUntil(project.vcpus, time) },
    { ...common, metric: "project_mb_usage", value: usedUntil(project.gib, time) },
  ];
}

/** The full hours of the last four weeks, in order (Unix seconds). */
export function pastHours(nowMs: number): number[] {
  const last = Math.floor(nowMs / 1000 / hourSeconds);
  const count = pastDays * 24;
  return Array.from({ length: count + 1 }, (_, index) => (last - count + index) * hourSeconds);
}

/** The time of the tick that is due (Unix seconds): full hours are ticks too. */
export const tickTime = (nowMs: number): number =>
  Math.floor(nowMs / 1000 / tickSeconds) * tickSeconds;
