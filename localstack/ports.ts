import { createServer } from "node:net";
import { errorCode, StartFailure } from "./start-failure.ts";

// `localhost` is either of the two, so a program on one of them would get a part of the requests.
const loopbackHosts = ["127.0.0.1", "::1"];
const noSuchAddress = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export const freePort = (): Promise<number> => listenOnce(0, "127.0.0.1");

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
