import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../lib/config.ts";
import type { Queue } from "../queues/queues.ts";
import type { Settings } from "./settings.ts";

export interface Parts {
  readonly port: number;
  readonly lambdaPort: number;
  readonly databaseUrl: string;
  readonly sqsEndpoint: string;
  readonly queues: ReadonlyMap<string, Queue>;
  /** JSON, as `API_KEYS` is configured. */
  readonly apiKeys: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the functions' process runs with: our own environment and where the other parts are. */
export function functionsEnvironment(
  settings: Settings,
  environment: Environment,
  parts: Parts,
): Record<string, string> {
  const own = Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]);
  return {
    ...Object.fromEntries(own),
    PORT: String(parts.port),
    LAMBDA_PORT: String(parts.lambdaPort),
    DATABASE_URL: parts.databaseUrl,
    SQS_ENDPOINT: parts.sqsEndpoint,
    MEASUREMENTS_QUEUE_URL: parts.queues.get("MeasurementsQueue")?.url ?? "",
    DEAD_LETTER_QUEUE_URL: parts.queues.get("DeadLetterQueue")?.url ?? "",
    API_KEYS: parts.apiKeys,
    // A second stack on the same checkout must not overwrite the bundles that the first one runs.
    ESBUILD_DIR: relative(root, join(settings.localDir, "esbuild")),
    // The bundler, which ends with this process, would write a page of traces into the log.
    GOTRACEBACK: "none",
    // Compiling the deployment tool takes a third of its start.
    NODE_COMPILE_CACHE:
      environment["NODE_COMPILE_CACHE"] || join(settings.localDir, "compile-cache"),
  };
}
