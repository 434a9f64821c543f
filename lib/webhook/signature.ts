import { createHmac } from "node:crypto";

/**
 * The header `webhook-signature` of the Standard Webhooks specification: one signature for each
 * secret, so that a receiver which knows either takes it while secrets are rotated.
 */
export const signatureHeader = (
  secrets: readonly Buffer[],
  id: string,
  timestamp: number,
  body: string,
): string =>
  secrets
    .map((secret) => createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`))
    .map((signature) => `v1,${signature.digest("base64")}`)
    .join(" ");
