import { describe, expect, test } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import type { DeadLetter } from "../../../lib/sqs/dead-letters.ts";
import { processBatch } from "../../../lib/sqs/process-batch.ts";

const unreadable = new Error("unreadable");
const outage = new Error("outage");
const deadlock = new Error("deadlock");
const refused = new Error("refused");

/**
 * The outcome of a batch of these bodies, each with itself for an id: `?` cannot be decoded, `!` can never
 * succeed, `~` fails now, `…` is more than the time was enough for, and for `^` it is too early. A body that ends with a digit comes for
 * that time.
 */
async function outcomeOf(
  bodies: readonly string[],
  { isAway = false, canSendDeadLetters = true, canReturn = true } = {},
) {
  const processed: string[][] = [];
  const deadLetters: DeadLetter[] = [];
  const failures: (string | undefined)[] = [];
  const returned: string[] = [];
  const Records = bodies.map((body) => ({
    messageId: body,
    body,
    attributes: { ApproximateReceiveCount: /\d$/.exec(body)?.[0] ?? "1" },
  }));
  const event = { Records } as SQSEvent;
  const { batchItemFailures } = await processBatch(event, {
    decode: ({ body }) => {
      if (body.startsWith("?")) throw unreadable;
      return body;
    },
    process: async (contents) => {
      processed.push([...contents]);
      if (isAway) throw outage;
      if (contents.some((content) => content.startsWith("!"))) throw refused;
      if (contents.some((content) => content.startsWith("~"))) throw deadlock;
      const placesOf = (sign: string) =>
        new Set(contents.flatMap((content, place) => (content.startsWith(sign) ? [place] : [])));
      return { left: placesOf("…"), early: placesOf("^") };
    },
    returnSoon: async (records) => {
      if (!canReturn) throw new Error("SQS does not answer");
      returned.push(...records.map(({ messageId }) => messageId));
    },
    sendDeadLetter: async (letter) => {
      if (!canSendDeadLetters) throw new Error("the queue of dead letters is away");
      deadLetters.push(letter);
    },
    permanentFailure: (error) =>
      error === unreadable || error === refused
        ? { code: "never", reason: (error as Error).message }
        : undefined,
    isOutage: (error) => error === outage,
    onFailure: (messageId) => failures.push(messageId),
  });
  const again = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { again, processed, deadLetters, failures, returned };
}

test("a batch without a fault is processed as a whole, and nothing of it comes again", async () => {
  const { again, processed, failures } = await outcomeOf(["a", "b"]);
  expect({ again, processed, failures }).toEqual({
    again: [],
    processed: [["a", "b"]],
    failures: [],
  });
});

test("where the whole fails each message is tried alone, and only what failed comes again", async () => {
  const { again, processed } = await outcomeOf(["a", "~", "b"]);
  expect(again).toEqual(["~"]);
  expect(processed).toEqual([["a", "~", "b"], ["a"], ["~"], ["b"]]);
});

test("what is not finished comes again soon, and its neighbours are done", async () => {
  const { again, processed, failures, returned } = await outcomeOf(["a", "…b", "c"]);
  expect({ again, returned, failures }).toEqual({ again: ["…b"], returned: ["…b"], failures: [] });
  expect(processed).toEqual([["a", "…b", "c"]]);
});

test("what is not finished comes again also where SQS does not answer", async () => {
  const { again, failures } = await outcomeOf(["…a", "b"], { canReturn: false });
  expect({ again, failures }).toEqual({ again: ["…a"], failures: [undefined] });
});

test("what came often is processed alone, after the others, whatever becomes of it", async () => {
  const { again, processed, returned } = await outcomeOf(["…a 5", "b 4", "~c 9", "d"]);
  expect(processed).toEqual([["b 4", "d"], ["…a 5"], ["~c 9"]]);
  expect({ again, returned }).toEqual({ again: ["…a 5", "~c 9"], returned: ["…a 5"] });
});

test("a message for which it is too early waits for its visibility timeout; its neighbours are done", async () => {
  const { again, returned, failures } = await outcomeOf(["^a", "b", "…c"]);
  expect({ again, returned, failures }).toEqual({
    again: ["^a", "…c"],
    returned: ["…c"],
    failures: [],
  });
});

test("what can never succeed is put aside with its reason, and does not come again", async () => {
  const { again, deadLetters } = await outcomeOf(["a", "?", "!"]);
  expect(again).toEqual([]);
  expect(deadLetters).toEqual([
    { body: "?", messageId: "?", code: "never", reason: "unreadable" },
    { body: "!", messageId: "!", code: "never", reason: "refused" },
  ]);
});

test("what cannot be put aside comes again, and both failures are told", async () => {
  const { again, failures } = await outcomeOf(["a", "?", "!"], { canSendDeadLetters: false });
  expect(again).toEqual(["?", "!"]);
  expect(failures).toEqual(["?", "?", undefined, "!", "!"]);
});

describe("in an outage", () => {
  test("nothing is tried alone, and all of it comes again", async () => {
    const { again, processed } = await outcomeOf(["a", "b"], { isAway: true });
    expect(again).toEqual(["a", "b"]);
    expect(processed).toHaveLength(1);
  });

  test("what was put aside does not come again, to be put aside once more", async () => {
    const { again, deadLetters } = await outcomeOf(["?", "a"], { isAway: true });
    expect(again).toEqual(["a"]);
    expect(deadLetters).toHaveLength(1);
  });
});
