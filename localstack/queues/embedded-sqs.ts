import { tracingChannel } from "node:diagnostics_channel";
import { ChangeMessageVisibilityCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { makePrivateFolder } from "../machine/state-folder.ts";
import type { Queue } from "./queues.ts";

export interface EmbeddedSqs extends AsyncDisposable {
  readonly endpoint: string;
  /** Makes visible at once what an earlier, killed stack had received and not finished. */
  returnUnfinished(client: SQSClient, queues: Iterable<Queue>): Promise<number>;
}

/** Starts the queue server on loopback; what it holds is on disk before a send is answered. */
export async function startEmbeddedSqs(dataDir: string): Promise<EmbeddedSqs> {
  await makePrivateFolder(dataDir);
  const server = await onLoopback(() => startFauxqs({ port: 0, logger: false, dataDir }));
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    returnUnfinished: (client, queues) => returnUnfinished(server, client, queues),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/**
 * The server takes no host and listens on all addresses, where anyone on the network could write on
 * the queues. Node's channel tells before the port is opened, and takes another host.
 */
async function onLoopback<T>(start: () => Promise<T>): Promise<T> {
  const subscribers = {
    asyncStart: (message: object) => {
      if ("options" in message) Object.assign(message.options as object, { host: "127.0.0.1" });
    },
  };
  const listening = tracingChannel("net.server.listen");
  listening.subscribe(subscribers as never);
  try {
    return await start();
  } finally {
    listening.unsubscribe(subscribers as never);
  }
}

async function returnUnfinished(
  server: FauxqsServer,
  client: SQSClient,
  queues: Iterable<Queue>,
): Promise<number> {
  let count = 0;
  for (const { url } of queues) {
    const name = url.split("/").at(-1) ?? "";
    for (const { receiptHandle } of server.inspectQueue(name)?.messages.inflight ?? []) {
      // One second, because this server loses the receive count of a message that is given back with none.
      const settings = { QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout: 1 };
      await client.send(new ChangeMessageVisibilityCommand(settings));
      count++;
    }
  }
  return count;
}
