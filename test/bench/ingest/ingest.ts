import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { printTable, type Row } from "../table.ts";
import { compareFormats } from "./compare-formats.ts";
import { measureBundles } from "./measure-bundles.ts";
import { measureMemory } from "./measure-memory.ts";

/**
 * `npm run bench -- ingest [--rounds 30] [--requests 4000] [--starts 15] [--only formats,memory,bundles]`:
 * what a request costs from its bytes to the queue, on one core. It needs no server. All figures of a
 * ratio are taken in turns, because a machine is never quiet.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "30" },
      requests: { type: "string", default: "4000" },
      starts: { type: "string", default: "15" },
      only: { type: "string", default: "formats,memory,bundles" },
    },
  });
  const parts = new Set(values.only.split(","));
  const rows: Row[] = [];
  if (parts.has("formats")) {
    rows.push(...(await compareFormats({ rounds: Number(values.rounds), warmUpRounds: 10 })));
  }
  if (parts.has("memory")) rows.push(...(await measureMemory(Number(values.requests))));
  if (parts.has("bundles")) rows.push(...(await measureBundles(Number(values.starts))));
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}, medians of ${values.rounds} rounds, processor time; starts by the clock`,
  );
  printTable(rows);
}
