import { relative } from "node:path";
import { hourMs, hourOf } from "../lib/billing/time.ts";
import { type LocalKeys, localSite } from "./settings/keys.ts";

export interface Running {
  readonly baseUrl: string;
  readonly database: { readonly access: string };
  readonly localDir: string;
  readonly logFile: string;
  readonly elapsedSeconds: string;
  /** Undefined where the keys were configured: only their hashes are known. */
  readonly keys: LocalKeys | undefined;
}

/** The text for a newcomer once the stack is up: address, keys, and three commands to try. */
export function welcome(running: Running, nowMs: number): string {
  const { baseUrl, database, logFile, elapsedSeconds } = running;
  return [
    "",
    `Ready after ${elapsedSeconds} s: ${baseUrl}`,
    "",
    ...keyLines(running),
    `Database:  ${database.access}`,
    `Log:       tail -f ${relative(process.cwd(), logFile)}`,
    "",
    ...commandLines(running, nowMs),
    "",
    "Ctrl-C ends everything; the state stays. `npm run reset` clears it.",
  ].join("\n");
}

function keyLines({ keys, localDir }: Running): string[] {
  if (!keys) return ["Keys:      those of API_KEYS", ""];
  const place = relative(process.cwd(), localDir);
  return [
    `Keys, made at the first start and kept in ${place}/keys.json:`,
    `  ingest   ${keys.ingest}`,
    `  site     ${keys.site}   (takes measurements of the site ${localSite} only)`,
    `  read     ${keys.read}`,
    `  admin    ${keys.admin}`,
    "",
  ];
}

/** The project name is a new one at each start, so that the expected output always holds. */
function commandLines({ baseUrl, keys }: Running, nowMs: number): string[] {
  const fullHour = hourOf(nowMs);
  const project = `try-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/\D/g, "")}`;
  const post = (value: string, timeMs: number) => {
    const time = new Date(timeMs).toISOString().replace(".000", "");
    const measurement = { project_name: project, metric: "project_vcpu_usage", value, time };
    const body = JSON.stringify({ measurements: [measurement] });
    const key = keys?.site ?? "YOUR-INGEST-KEY";
    return `  curl -s ${baseUrl}/measurements -H 'X-API-KEY: ${key}' -H 'Content-Type: application/json' -d '${body}'`;
  };
  const read = `  curl -s ${baseUrl}/api/current_credits/${project} -H 'X-API-KEY: ${keys?.read ?? "YOUR-READ-KEY"}'`;
  return [
    "Try it. The first measurement of a project is where counting begins, and costs nothing:",
    post("120", fullHour - 2 * hourMs),
    '  → {"accepted":1,"dropped":{}}',
    "An hour later the counter has risen by 8 vCPU-hours:",
    post("128", fullHour - hourMs),
    '  → {"accepted":1,"dropped":{}}',
    "A few seconds later they are billed, at one credit each:",
    read,
    '  → {"current_credits":8.0,"granted_credits":null,"pending_credits":0.0,"held_credits":0.0,…',
  ];
}
