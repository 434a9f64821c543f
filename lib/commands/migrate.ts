import { hourMs } from "../billing/time.ts";
import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { withPool } from "../postgres/database/pool.ts";
import { prepareDatabase } from "../postgres/prepare-database.ts";
import { readMetrics } from "../settings/metrics.ts";
import { Arguments } from "./arguments.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run migrate

Brings the schema and the tariffs of the database up to date. Does nothing if they are. Where stored
measurements have to be converted, Ctrl-C stops it, and the same command goes on.`;
const limits = { connectionsMax: 1, statementTimeoutMs: hourMs };

/** `npm run migrate`: brings the schema and the tariffs of the configured database up to date. */
await runCommand(async () => {
  new Arguments(usage, [], [], process.argv.slice(2));
  const config = loadConfig({ database: readDatabase, metrics: readMetrics });
  const directory = new URL("../postgres/migrations/", import.meta.url);
  let stopped = false;
  process.once("SIGINT", () => {
    stopped = true;
    console.error("stopping as soon as the database is in order; a second Ctrl-C ends it at once");
  });
  const { migrations, tariffs } = await withPool(config.database, limits, (pool) =>
    prepareDatabase(pool, directory, config.metrics, "migrate", {
      shouldStop: () => stopped,
      onProgress: ({ day, lastDay, samples }) =>
        console.error(`converting ${day}, of ${lastDay}: ${samples} samples in this run`),
    }),
  );
  console.log(`applied ${migrations.length} migrations: ${migrations.join(", ") || "none"}`);
  console.log(`recorded ${tariffs} new tariffs`);
});
