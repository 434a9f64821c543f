import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { printTable, type Row } from "../table.ts";
import { measureReads } from "./measure-reads.ts";
import { measureVerification } from "./measure-verification.ts";

/**
 * `npm run bench -- reading [--seconds 10] [--only credits,verification]`: balances and histories of a
 * year's ledger for ten clients at once, and how fast verification gets through the stored samples.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: "string", default: "10" },
      only: { type: "string", default: "credits,verification" },
    },
  });
  const serverUrl = process.env["DATABASE_URL"];
  if (serverUrl === undefined) throw new Error("DATABASE_URL is not set");
  const parts = new Set(values.only.split(","));
  const rows: Row[] = [];
  if (parts.has("credits")) rows.push(...(await measureReads(serverUrl, Number(values.seconds))));
  if (parts.has("verification")) rows.push(...(await measureVerification(serverUrl)));
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}, ${values.seconds} s for each kind of read`,
  );
  printTable(rows);
}
