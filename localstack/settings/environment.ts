import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../lib/config.ts";
import type { Settings } from "./settings.ts";

/** Where the functions find the other places. */
export interface Places {
  readonly port: number;
  readonly lambdaPort: number;
  readonly databaseUrl: string;
  readonly sqsEndpoint: string;
  readonly queues: ReadonlyMap<string, { readonly url: string }>;
  /** JSON, as `API_KEYS` is configured. */
  readonly apiKeys: string;
  /** JSON, as `LINK_KEYS` is configured. */
  readonly linkKeys: string;
  readonly baseUrl: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The environment of the functions' process: the configured one, and where the other parts are. */
export function functionsEnvironment(
  settings: Settings,
  environment: Environment,
  places: Places,
): Record<string, string> {
  const configured: Record<string, string> = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]),
  );
  return {
    ...configured,
    PORT: String(places.port),
    LAMBDA_PORT: String(places.lambdaPort),
    DATABASE_URL: places.databaseUrl,
    SQS_ENDPOINT: places.sqsEndpoint,
    MEASUREMENTS_QUEUE_URL: places.queues.get("MeasurementsQueue")?.url ?? "",
    DEAD_LETTER_QUEUE_URL: places.queues.get("DeadLetterQueue")?.url ?? "",
    API_KEYS: places.apiKeys,
    LINK_KEYS: configured["LINK_KEYS"] ?? places.linkKeys,
    PUBLIC_URL: configured["PUBLIC_URL"] ?? places.baseUrl,
    // A second stack on the same checkout must not overwrite the bundles that the first one runs.
    ESBUILD_DIR: relative(root, join(settings.localDir, "esbuild")),
    // When this process ends, the bundler would otherwise write a page of stack traces into the log.
    GOTRACEBACK: "none",
    // A third of the deployment tool's start is compilation.
    NODE_COMPILE_CACHE:
      environment["NODE_COMPILE_CACHE"] || join(settings.localDir, "compile-cache"),
  };
}
