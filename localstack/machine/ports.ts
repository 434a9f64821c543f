import { createServer } from "node:net";
import { errorCode, StartFailure } from "./start-failure.ts";

// `localhost` means either of them, so a program that listens on one would get some of the requests.
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

const portsPerProcess = 100;
const rangesMax = 200;
const firstPort = 10_000 + (process.pid % rangesMax) * portsPerProcess;
let portsTried = 0;

/**
 * A loopback port that nothing listens on, for a server that is started later or is restarted. It is below
 * the ports that systems assign by themselves, so that no outgoing connection takes it meanwhile. Each
 * process searches a range of its own, so that two that start at once do not choose the same port. Ranges
 * repeat, so a port that is meant for another part and not listened on yet has to be named.
 */
export async function freePort(exceptPort?: number): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = firstPort + (portsTried++ % portsPerProcess);
    if (port === exceptPort) continue;
    try {
      await requireFreePort(port);
      return port;
    } catch (error) {
      if (tries >= portsPerProcess) throw error;
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
