import { createServer } from "node:net";
import { errorCode, StartFailure } from "./start-failure.ts";

// `localhost` is either of the two, so a program on one of them would get a part of the requests.
const loopbackHosts = ["127.0.0.1", "::1"];
const noSuchAddress = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

function listenOnce(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => resolve());
    });
  });
}

const ownPorts = 100;
const partsMax = 200;
const firstPort = 10_000 + (process.pid % partsMax) * ownPorts;
let asked = 0;

/**
 * A port of loopback that nothing listens on, for a server that is started later, or goes away and comes
 * back. It is from below those that systems give to whoever asks for any, so that no connection takes it
 * meanwhile, and each process looks in a part of its own, so that two that start at once do not get the
 * same one.
 */
export async function freePort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = firstPort + (asked++ % ownPorts);
    try {
      await requireFreePort(port);
      return port;
    } catch (error) {
      if (tries === ownPorts) throw error;
    }
  }
}

/** Throws `StartFailure` where another program listens on the port. */
export async function requireFreePort(port: number): Promise<void> {
  for (const host of loopbackHosts) {
    try {
      await listenOnce(port, host);
    } catch (error) {
      const code = errorCode(error);
      if (noSuchAddress.has(code)) continue;
      throw new StartFailure(
        code === "EADDRINUSE"
          ? `Port ${port} is in use by another program: end it, or choose another port, for example PORT=${port + 1} npm start.`
          : `Port ${port} cannot be used (${code}): choose another one, for example PORT=8080 npm start.`,
        { cause: error },
      );
    }
  }
}
