import { createServer, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { listen } from "../servers/listening.ts";

type Answer = string | ((response: ServerResponse) => void | Promise<void>);

/** A portal that grants what the test says, by project. */
export interface FakePortal {
  readonly url: URL;
  /** Its answer for a project: a body, or anything at all. */
  readonly answers: Map<string, Answer>;
  /** Its answer for all others. */
  otherwise: Answer;
  /** The projects it was asked for, in order. */
  readonly asked: string[];
  readonly requests: { readonly path: string; readonly key: unknown }[];
  /** How many connections there were in all, and how many questions at the same time at most. */
  readonly seen: { connections: number; atOnceMax: number };
}

export async function startPortal(): Promise<FakePortal> {
  let atOnce = 0;
  const server = createServer(async ({ url = "", headers }, response) => {
    const { pathname, searchParams } = new URL(url, "http://portal");
    const project = searchParams.get("project_name") ?? "";
    atOnce += 1;
    portal.seen.atOnceMax = Math.max(portal.seen.atOnceMax, atOnce);
    response.once("close", () => {
      atOnce -= 1;
    });
    portal.asked.push(project);
    portal.requests.push({ path: pathname, key: headers["x-api-key"] });
    const answer = portal.answers.get(project) ?? portal.otherwise;
    if (typeof answer === "string") response.end(answer);
    else await answer(response);
  });
  server.on("connection", () => {
    portal.seen.connections += 1;
  });
  const port = await listen(server);
  const portal: FakePortal = {
    url: new URL(`http://127.0.0.1:${port}/api/secure/granted-credits/`),
    answers: new Map(),
    otherwise: "100.0",
    asked: [],
    requests: [],
    seen: { connections: 0, atOnceMax: 0 },
  };
  return portal;
}

/** The address of a server that was there and is gone. */
export async function nowhere(): Promise<URL> {
  const server = createTcpServer();
  const port = await listen(server);
  server.close();
  return new URL(`http://127.0.0.1:${port}/secure/granted-credits/`);
}
