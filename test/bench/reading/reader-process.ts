import { createHash } from "node:crypto";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpAnswer } from "../../../lib/http/stack/answer.ts";
import { logger } from "../../../lib/logger.ts";
import { httpEvent, lambdaContext } from "../../support/http-event.ts";
import { projectName } from "../billing/workload.ts";
import type { Read } from "./measure-reads.ts";
import type { ReaderAnswer, ReaderCommand } from "./readers.ts";

/** Some of the clients, and the functions that answer them, in a process of their own. */
type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpAnswer>;

const key = "bench-key";
const sha256 = createHash("sha256").update(key).digest("hex");
process.env["API_KEYS"] = JSON.stringify([{ id: "bench", scope: "read", sha256 }]);
logger.level = "silent";

const [prefix = "", projects = "1"] = process.argv.slice(2);

async function ask(handler: Handler, { reachMs, points }: Read): Promise<void> {
  const name = projectName(prefix, Math.floor(Math.random() * Number(projects)));
  const answer = await handler(
    httpEvent({
      method: "GET",
      path: `/api/${name}`,
      pathParameters: { project_name: name },
      headers: { authorization: `Bearer ${key}` },
      query: {
        ...(reachMs !== undefined && { start_date: dateText(Date.now() - reachMs) }),
        ...(points !== undefined && { points: String(points) }),
      },
    }),
    lambdaContext,
  );
  if (answer.statusCode !== 200) throw new Error(`answer ${answer.statusCode}: ${answer.body}`);
}

const dateText = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

process.on("message", async ({ read, clients, seconds }: ReaderCommand) => {
  const { handler } = (await import(`../../../functions/${read.file}.ts`)) as { handler: Handler };
  const latenciesMs: number[] = [];
  const endMs = performance.now() + seconds * 1_000;
  const cpuBefore = process.cpuUsage();
  const client = async () => {
    while (performance.now() < endMs) {
      const startMs = performance.now();
      await ask(handler, read);
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const { user, system } = process.cpuUsage(cpuBefore);
  process.send?.({ latenciesMs, cpuMs: (user + system) / 1_000 } satisfies ReaderAnswer);
});
