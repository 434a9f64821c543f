import { loadConfig } from "../config.ts";
import { readDatabase } from "../postgres/database/database-settings.ts";
import { withPool } from "../postgres/database/pool.ts";
import { insertAcknowledgements } from "../postgres/notices/queries/insert-acknowledgements.ts";
import { selectSilentCount } from "../postgres/notices/queries/select-silent-count.ts";
import { printable } from "../printable.ts";
import { readSilenceAfterMs } from "../settings/notices.ts";
import { Arguments, scopeOptions } from "./arguments.ts";
import { requireSeries } from "./require-series.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run acknowledge -- (--project NAME | --site S) [--metric M] [--resource R]
         --actor A --reason TEXT

The silent series of the scope have ended for good: they cause no more notices, unless they report
again. A series is silent when it has not reported for SILENCE_AFTER of the environment, by default 1h.
Where none is, the exit code is 1.`;

const limits = { connectionsMax: 1, statementTimeoutMs: 60_000 };

/** `npm run acknowledge`: no notices of series that have ended for good. */
await runCommand(async () => {
  const texts = [...scopeOptions, "actor", "reason"];
  const args = new Arguments(usage, texts, [], process.argv.slice(2));
  const scope = args.scope();
  const by = { actor: args.required("actor"), reason: args.required("reason") };
  const config = loadConfig({ database: readDatabase, silenceAfterMs: readSilenceAfterMs });
  await withPool(config.database, limits, async (pool) => {
    const sinceMs = Date.now() - config.silenceAfterMs;
    const since = new Date(sinceMs).toISOString();
    await requireSeries(pool, scope);
    const rows = await insertAcknowledgements(pool, { ...scope, ...by, sinceMs });
    for (const row of rows) {
      console.log(
        printable(`${row.project_name}: ${row.metric}, site ${row.site}, resource ${row.resource}`),
      );
    }
    const silent = await selectSilentCount(pool, scope, sinceMs);
    if (silent === 0) throw new Error(`none of them is silent: all have reported since ${since}`);
    const before = silent - rows.length;
    console.log(
      `acknowledged ${rows.length} silent series${before > 0 ? `, ${before} were before` : ""}`,
    );
  });
});
