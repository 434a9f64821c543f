import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";

const name = "keyId";

/**
 * The attribute of a message that tells which key sent it. It is none of the message's fields: an older
 * biller leaves it alone, and it comes back with a message that is sent again from the dead letters.
 */
export const keyAttribute = (keyId: string): Record<string, MessageAttributeValue> =>
  keyId === "" ? {} : { [name]: { DataType: "String", StringValue: keyId } };

/** The id of the key that sent a message; undefined: it does not tell. */
export const senderKey = ({ messageAttributes }: SQSRecord): string | undefined =>
  messageAttributes?.[name]?.stringValue;
