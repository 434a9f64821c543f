/** The machines of one project at one site. */
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

// Realistic names, with spaces, umlauts, quotes and a comma; and one project at two sites.
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

// Load of the machines in each hour of the day, in percent: quiet nights, busy afternoons.
const busy = [
  25, 20, 20, 20, 20, 25, 35, 50, 75, 95, 100, 100, 90, 95, 100, 100, 95, 85, 70, 60, 50, 40, 35,
  30,
];
const busyDay = busy.reduce((sum, percent) => sum + percent * hourSeconds, 0);

/** The load in percent, summed over all seconds since counting began, up to the time (Unix seconds). */
function percentSeconds(time: number): number {
  const seconds = time - countingSince;
  const rest = seconds % daySeconds;
  const hour = Math.floor(rest / hourSeconds);
  const fullHours = busy.slice(0, hour).reduce((sum, percent) => sum + percent * hourSeconds, 0);
  const started = (busy[hour] ?? 0) * (rest % hourSeconds);
  return Math.floor(seconds / daySeconds) * busyDay + fullHours + started;
}

/**
 * Unit-hours used up to the time (whole Unix seconds), as a decimal of six places. It depends on the time
 * only, so that posting a time again posts the same value. All integers stay below 2^53.
 */
export function usedUntil(units: number, time: number): string {
  // Millionths of a unit-hour that a load of one percent uses in a second.
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

/** The time of the latest tick (Unix seconds). Full hours are ticks, too. */
export const tickTime = (nowMs: number): number =>
  Math.floor(nowMs / 1000 / tickSeconds) * tickSeconds;
