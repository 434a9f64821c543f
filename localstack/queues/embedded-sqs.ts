import { tracingChannel } from "node:diagnostics_channel";
import { ChangeMessageVisibilityCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { makePrivateFolder } from "../machine/state-folder.ts";
import type { Queue } from "./ensure-queues.ts";

export interface EmbeddedSqs extends AsyncDisposable {
  readonly endpoint: string;
  /** Makes messages visible that a killed stack had received but not deleted. Returns their number. */
  returnUnfinished(client: SQSClient, queues: Iterable<Queue>): Promise<number>;
}

/** Starts the queue server on loopback. A message is on disk before its send is answered. */
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
 * The server has no option for its host and listens on all addresses, so that anyone on the network could
 * write to the queues. Node publishes the options before it opens the port, and they can be changed then.
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
      // Not zero seconds, because this server then forgets how often the message was received.
      const settings = { QueueUrl: url, ReceiptHandle: receiptHandle, VisibilityTimeout: 1 };
      await client.send(new ChangeMessageVisibilityCommand(settings));
      count++;
    }
  }
  return count;
}
