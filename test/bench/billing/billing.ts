import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { createBenchDatabase } from "../bench-database.ts";
import { printTable, type Row } from "../table.ts";
import { compareBatches } from "./compare-batches.ts";
import { compareBillers } from "./compare-billers.ts";
import { compareGrowth } from "./compare-growth.ts";
import { measureGaps } from "./measure-gaps.ts";
import { measureSizes } from "./measure-sizes.ts";

/**
 * `npm run bench -- billing [--rounds 7] [--million 20] [--only batches,billers,growth,sizes,gaps]`: how
 * fast measurements are billed, beside what the same server does with the bare rows, and what they take. All figures of a
 * ratio are taken in turns, because a machine is never quiet.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "7" },
      million: { type: "string", default: "20" },
      only: { type: "string", default: "batches,billers,growth,sizes,gaps" },
    },
  });
  const serverUrl = process.env["DATABASE_URL"];
  if (serverUrl === undefined) throw new Error("DATABASE_URL is not set");
  const rounds = { rounds: Number(values.rounds), warmUpRounds: 2 };
  const parts = new Set(values.only.split(","));
  const rows: Row[] = [];
  if (parts.has("batches") || parts.has("billers")) {
    await using database = await createBenchDatabase(serverUrl);
    if (parts.has("batches")) rows.push(...(await compareBatches(database, rounds)));
    if (parts.has("billers")) rows.push(...(await compareBillers(database, rounds)));
  }
  if (parts.has("growth")) {
    rows.push(...(await compareGrowth(serverUrl, rounds, Number(values.million) * 1e6)));
  }
  if (parts.has("sizes")) rows.push(...(await measureSizes(serverUrl)));
  if (parts.has("gaps")) rows.push(...(await measureGaps(serverUrl)));
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}, medians of ${values.rounds} rounds; m/s: measurements per second`,
  );
  printTable(rows);
}
