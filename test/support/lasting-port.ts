import { randomInt } from "node:crypto";
import { requireFreePort } from "../../localstack/ports.ts";

const triesMax = 20;

/**
 * A free port for a server that goes away and comes back: from below those that systems give to outgoing
 * connections, one of which could take it meanwhile.
 */
export async function lastingPort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(20_000, 30_000);
    try {
      await requireFreePort(port);
      return port;
    } catch (error) {
      if (tries === triesMax) throw error;
    }
  }
}
