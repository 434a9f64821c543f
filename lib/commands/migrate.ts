import { loadConfig } from "../config.ts";
import { createPool } from "../postgres/database/pool.ts";
import { prepareDatabase } from "../postgres/prepare-database.ts";
import { Arguments } from "./arguments.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run migrate

Brings the schema and the tariffs of the database up to date; what is so already stays as it is.`;

/** `npm run migrate`: brings the schema and the tariffs of the configured database up to date. */
await runCommand(async () => {
  new Arguments(usage, [], [], process.argv.slice(2));
  const config = loadConfig(["database", "metrics"]);
  const pool = createPool(config.database, { connectionsMax: 1, statementTimeoutMs: 3_600_000 });
  try {
    const directory = new URL("../postgres/migrations/", import.meta.url);
    const { migrations, tariffs } = await prepareDatabase(
      pool,
      directory,
      config.metrics,
      "migrate",
    );
    console.log(`applied ${migrations.length} migrations: ${migrations.join(", ") || "none"}`);
    console.log(`recorded ${tariffs} new tariffs`);
  } finally {
    await pool.end();
  }
});
