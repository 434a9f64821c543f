import { SQSClient } from "@aws-sdk/client-sqs";

/**
 * A client of SQS. An endpoint is an emulator's, which needs no account: it takes any region and any
 * credentials, and AWS would refuse these.
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
