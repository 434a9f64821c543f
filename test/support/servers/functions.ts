import type { HttpAnswer } from "../../../lib/http/stack/answer.ts";
import { applyTariffs } from "../../../lib/postgres/ledger/apply-tariffs.ts";
import { parseMetricSettings } from "../../../lib/settings/metrics.ts";
import { apiKeysJson, keys, linkKeysJson } from "../api-keys.ts";
import { type Call, httpEvent, lambdaContext } from "../http-event.ts";
import { createMigratedDatabase, type TestDatabase } from "./database.ts";
import { createQueues, receiveAll, sqsEvent, type TestQueues } from "./queues.ts";

const metrics =
  '{"project_vcpu_usage": 1, "project_mb_usage": 0.3, "jobs": {"kind": "delta", "prices": [{"credits": 2}]}}';

/** The functions of serverless.yml in this process, on a database and queues of their own. */
export interface Functions extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly queues: TestQueues;
  readonly receive: (call: Partial<Call>) => Promise<HttpAnswer>;
  readonly call: (name: HttpName, call: Partial<Call>) => Promise<HttpAnswer>;
  /** Hands all that is queued to the biller, as AWS would, and says how many messages there were. */
  readonly billQueued: () => Promise<number>;
  /** The answer of the biller to an event with these bodies: which message ids are to come again. */
  readonly bill: (...bodies: string[]) => Promise<readonly string[]>;
}

const httpFunctions = {
  receive: () => import("../../../functions/receive-measurements.ts"),
  credits: () => import("../../../functions/read-current-credits.ts"),
  history: () => import("../../../functions/read-credit-history.ts"),
  costs: () => import("../../../functions/read-hourly-costs.ts"),
  page: () => import("../../../functions/read-project-page.ts"),
  link: () => import("../../../functions/make-link.ts"),
  revocation: () => import("../../../functions/revoke-links.ts"),
  explain: () => import("../../../functions/explain-hour.ts"),
  statements: () => import("../../../functions/read-statements.ts"),
  projects: () => import("../../../functions/list-projects.ts"),
  operators: () => import("../../../functions/read-operators-page.ts"),
  session: () => import("../../../functions/open-session.ts"),
  sites: () => import("../../../functions/list-sites.ts"),
  metrics: () => import("../../../functions/list-metrics.ts"),
  estimate: () => import("../../../functions/estimate-cost.ts"),
  machines: () => import("../../../functions/estimate-machines.ts"),
  grant: () => import("../../../functions/set-grant.ts"),
  adjustment: () => import("../../../functions/book-adjustment.ts"),
  ping: () => import("../../../functions/ping.ts"),
};
type HttpName = keyof typeof httpFunctions;

/** Sets the environment and loads the functions, which read it as they load: once per test file. */
export async function loadFunctions(
  environment: Readonly<Record<string, string>> = {},
): Promise<Functions> {
  const database = await createMigratedDatabase();
  await applyTariffs(database.pool, parseMetricSettings(metrics), "test");
  const queues = await createQueues();
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    SQS_ENDPOINT: queues.endpoint,
    MEASUREMENTS_QUEUE_URL: queues.measurementsUrl,
    DEAD_LETTER_QUEUE_URL: queues.deadLettersUrl,
    API_KEYS: apiKeysJson,
    LINK_KEYS: linkKeysJson,
    PUBLIC_URL: "https://credits.example.org",
    METRICS_TO_BILL: metrics,
    LATE_DAYS: "36500",
    RATE_LIMIT_PER_MINUTE: "0",
    LOG_LEVEL: "silent",
    ...environment,
  });
  const biller = await import("../../../functions/bill-measurements.ts");
  const bill = async (...bodies: string[]) =>
    (await biller.handler(sqsEvent(...bodies))).batchItemFailures.map(
      (item) => item.itemIdentifier,
    );
  const call = async (name: HttpName, partial: Partial<Call>) => {
    const { handler } = await httpFunctions[name]();
    return handler(httpEvent({ method: "GET", path: "/", ...partial }), lambdaContext);
  };
  return {
    database,
    queues,
    bill,
    call,
    receive: ({ headers, ...partial }) =>
      call("receive", {
        method: "POST",
        path: "/measurements",
        ...partial,
        headers: { "x-api-key": keys.ingest, "content-type": "application/json", ...headers },
      }),
    async billQueued() {
      const messages = await receiveAll(queues.client, queues.measurementsUrl);
      const failed = await bill(...messages.map(({ Body = "" }) => Body));
      if (failed.length > 0) throw new Error(`the biller refused ${failed}`);
      return messages.length;
    },
    async [Symbol.asyncDispose]() {
      queues.client.destroy();
      await database[Symbol.asyncDispose]();
    },
  };
}
