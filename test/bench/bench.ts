/** `npm run bench -- NAME [--option value …]`: runs one benchmark and prints its table. */
const benches: Readonly<Record<string, () => Promise<{ run(args: string[]): Promise<void> }>>> = {
  billing: () => import("./billing/billing.ts"),
  ingest: () => import("./ingest/ingest.ts"),
  limits: () => import("./limits/limits.ts"),
  page: () => import("./page/page.ts"),
  reading: () => import("./reading/reading.ts"),
};

const [name = "", ...args] = process.argv.slice(2);
const load = benches[name];
if (load === undefined) {
  console.error(
    `Usage: npm run bench -- NAME, where NAME is one of ${Object.keys(benches).join(", ")}`,
  );
  process.exitCode = 1;
} else {
  await (await load()).run(args);
}
