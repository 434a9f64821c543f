import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { errorCode } from "../machine/start-failure.ts";

const againMs = 200;

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
  const client = new pg.Client({ connectionString });
  const ended = new Promise((resolve) => client.once("end", resolve));
  // Without a listener an error would end this process; the session's end follows it.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    // Any other error, for example that the server is still starting, comes from a server.
    return errorCode(error) !== "ECONNREFUSED";
  }
  await ended;
  return true;
}
