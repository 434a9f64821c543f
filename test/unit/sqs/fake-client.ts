import type { SendMessageBatchCommandOutput, SQSClient } from "@aws-sdk/client-sqs";

type Batch = readonly { readonly Id: string; readonly MessageBody: string }[];
type Answer = Partial<SendMessageBatchCommandOutput>;

/** SQS that answers each batch by `answer`, and the batches that it was sent. */
export function fakeClient(answer: (batch: Batch, call: number) => Answer) {
  const batches: Batch[] = [];
  const client = {
    send: async ({ input }: { input: { Entries: Batch } }) => {
      batches.push(input.Entries);
      return answer(input.Entries, batches.length);
    },
  };
  return { batches, client: client as unknown as SQSClient };
}

export const taken = (ids: readonly string[]): Answer => ({
  Successful: ids.map((Id) => ({ Id, MessageId: Id, MD5OfMessageBody: "" })),
});

export const idsOf = (batch: Batch) => batch.map(({ Id }) => Id);
