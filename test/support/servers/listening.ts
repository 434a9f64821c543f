import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

const servers = new Set<Server>();
const sockets = new Set<Socket>();

/** Starts a server on a free port of 127.0.0.1 until `stopServers`. */
export async function listen(server: Server): Promise<number> {
  servers.add(server);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Ends all servers and whatever is still connected to them. */
export async function stopServers(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await Promise.all(
    [...servers].map(async (server) => {
      servers.delete(server);
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      await closed;
    }),
  );
}
