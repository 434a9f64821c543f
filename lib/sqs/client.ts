import { SQSClient } from "@aws-sdk/client-sqs";

/**
 * A client of SQS. With an endpoint of its own (an emulator) it needs no account: any region and
 * credentials do there, and AWS would refuse these.
 */
export const createSqsClient = (endpoint: string | undefined): SQSClient =>
  new SQSClient(
    endpoint === undefined
      ? {}
      : {
          endpoint,
          region: "eu-central-1",
          credentials: { accessKeyId: "local", secretAccessKey: "local" },
        },
  );
