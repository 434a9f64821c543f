import { setTimeout as sleep } from "node:timers/promises";
import { databaseAt } from "../../lib/postgres/database/database-settings.ts";
import { withPool } from "../../lib/postgres/database/pool.ts";
import { errorCode } from "../machine/start-failure.ts";

const againMs = 200;
const limits = { connectionsMax: 1, statementTimeoutMs: 5_000 };

/**
 * Resolves when no server listens there any more. An open session breaks as soon as its server ends. A
 * server also breaks all sessions when one of its processes has crashed, and then goes on: so after each
 * break another session is tried.
 */
export async function untilServerEnds(connectionString: string): Promise<void> {
  while (await holdSession(connectionString)) await sleep(againMs, undefined, { ref: false });
}

/** Keeps a session open until it breaks. Returns false if no server listens. */
async function holdSession(connectionString: string): Promise<boolean> {
  try {
    await withPool(databaseAt({ connectionString }), limits, async (pool) => {
      const session = await pool.connect();
      await new Promise((resolve) => session.once("end", resolve));
      session.release(true);
    });
    return true;
  } catch (error) {
    // Any other error, for example that the server is still starting, comes from a server.
    return errorCode(error) !== "ECONNREFUSED";
  }
}
