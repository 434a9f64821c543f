import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { StartFailure } from "../machine/start-failure.ts";

/** A queue as serverless.yml defines it for AWS. */
export interface QueueDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly redrive?: { readonly deadLetterLogicalId: string; readonly maxReceiveCount: number };
}

/** A function that a queue triggers, with the settings of the trigger. */
export interface QueueTrigger {
  /** Its name at the invocation API. */
  readonly functionName: string;
  readonly queueLogicalId: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly concurrencyMax: number;
  readonly timeoutSeconds: number;
}

export interface ServiceDefinition {
  /** Comes before a function's key in its name at the invocation API. */
  readonly functionPrefix: string;
  readonly queues: readonly QueueDefinition[];
  readonly triggers: readonly QueueTrigger[];
}

const reference = z.strictObject({ logicalId: z.string() });

const queueResource = z.object({
  Type: z.literal("AWS::SQS::Queue"),
  Properties: z
    .object({
      QueueName: z.string(),
      RedrivePolicy: z
        .strictObject({ deadLetterTargetArn: reference, maxReceiveCount: z.int() })
        .optional(),
    })
    .catchall(z.union([z.string(), z.number(), z.boolean()])),
});

const queueEvent = z.object({
  sqs: z.strictObject({
    arn: reference,
    // One ReceiveMessage gives ten at most, and one DeleteMessageBatch takes ten.
    batchSize: z.int().min(1).max(10),
    maximumBatchingWindow: z.int().min(0).max(300).default(0),
    // AWS starts with this many pollers by default.
    maximumConcurrency: z.int().min(2).default(5),
    // The poller supports only this; without it a batch is deleted as a whole or not at all.
    functionResponseType: z.literal("ReportBatchItemFailures"),
  }),
});

const serviceFile = z.object({
  service: z.string(),
  provider: z.object({ timeout: z.number().default(6) }),
  functions: z.record(
    z.string(),
    z.object({ timeout: z.number().optional(), events: z.array(z.unknown()).default([]) }),
  ),
  resources: z.object({ Resources: z.record(z.string(), z.unknown()) }),
});

// `!GetAtt MeasurementsQueue.Arn` and `!Ref MeasurementsQueue` both name a resource of this file.
const referenceTags = ["!GetAtt", "!Ref"].map((tag) => ({
  tag,
  resolve: (text: string) => ({ logicalId: text.split(".")[0] }),
}));

/** Reads the queues and their triggers from serverless.yml, so that the laptop and AWS cannot differ. */
export async function readServiceDefinition(file: URL, stage: string): Promise<ServiceDefinition> {
  try {
    return await parseServiceFile(file, stage);
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new StartFailure(
      `serverless.yml says of the queues what cannot be run here: ${reason.replaceAll(/\s+/g, " ").trim()}`,
      { cause },
    );
  }
}

async function parseServiceFile(file: URL, stage: string): Promise<ServiceDefinition> {
  const text = (await readFile(file, "utf8")).replaceAll(/\$\{sls:stage\}/g, stage);
  const service = serviceFile.parse(parse(text, { customTags: referenceTags, logLevel: "error" }));
  const functionPrefix = `${service.service}-${stage}-`;
  return {
    functionPrefix,
    queues: Object.entries(service.resources.Resources).flatMap(toQueue),
    triggers: Object.entries(service.functions).flatMap(([key, { timeout, events }]) =>
      events.filter(isQueueEvent).map((event) => {
        const { sqs } = queueEvent.parse(event);
        return {
          functionName: `${functionPrefix}${key}`,
          queueLogicalId: sqs.arn.logicalId,
          batchSize: sqs.batchSize,
          windowSeconds: sqs.maximumBatchingWindow,
          concurrencyMax: sqs.maximumConcurrency,
          timeoutSeconds: timeout ?? service.provider.timeout,
        };
      }),
    ),
  };
}

const isQueueEvent = (event: unknown): boolean =>
  typeof event === "object" && event !== null && "sqs" in event;

function toQueue([logicalId, resource]: [string, unknown]): QueueDefinition[] {
  const isQueue = z.object({ Type: z.literal("AWS::SQS::Queue") }).safeParse(resource).success;
  if (!isQueue) return [];
  const { QueueName, RedrivePolicy, ...attributes } = queueResource.parse(resource).Properties;
  const queue = {
    logicalId,
    name: QueueName,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, String(value)]),
    ),
  };
  if (!RedrivePolicy) return [queue];
  const { deadLetterTargetArn, maxReceiveCount } = RedrivePolicy;
  return [
    { ...queue, redrive: { deadLetterLogicalId: deadLetterTargetArn.logicalId, maxReceiveCount } },
  ];
}
