import { fromEnv } from "@aws-sdk/credential-provider-env";

/**
 * Stands in for the SDK's default chain in the bundles (serverless.yml): Lambda's credentials are in
 * its environment, and the rest of the chain (profiles, SSO, IMDS) is a fifth of the bundle.
 */
export const defaultProvider = () => fromEnv();
