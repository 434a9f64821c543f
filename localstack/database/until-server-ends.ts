import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { errorCode } from "../machine/start-failure.ts";

const againMs = 200;

/**
 * Resolves when nothing answers there any more. An open session ends with its server at once; but a server
 * one of whose processes has crashed ends all sessions, too, and goes on, so that one more is tried.
 */
export async function untilServerEnds(connectionString: string): Promise<void> {
  while (await holdSession(connectionString)) await sleep(againMs, undefined, { ref: false });
}

/** Keeps a session until it ends; false: no server listens. */
async function holdSession(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  const ended = new Promise((resolve) => client.once("end", resolve));
  // An error that ends the session is followed by its end.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    // Any other failure, such as that it is starting, is the answer of a server.
    return errorCode(error) !== "ECONNREFUSED";
  }
  await ended;
  return true;
}
