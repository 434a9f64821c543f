import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { expect } from "@jest/globals";
import { databaseAt } from "../../lib/postgres/database/database-settings.ts";
import { createPool } from "../../lib/postgres/database/pool.ts";
import { freePort } from "../../localstack/machine/ports.ts";
import { Prometheus } from "../support/prometheus/prometheus.ts";
import {
  makeDirectory,
  type OwnServers,
  type RunningStack,
  removeDirectory,
  startStack,
  useOwnServers,
} from "../support/servers/stack.ts";
import { readCredits } from "../support/servers/stack-client.ts";
import { billedMetrics, expectedCredits, METRICS_TO_BILL } from "./expected-credits.ts";
import { projectNames, type Sites, startSites } from "./sites.ts";

/** Prometheus sends after 5 s what does not fill a request, and waits as long between two tries. */
const billedMsMax = 120_000;

type Bill = Readonly<Record<string, string | undefined>>;

interface Bills {
  readonly scraped: Bill;
  readonly billed: Bill;
}

interface Made {
  readonly sites: Sites;
  readonly servers: OwnServers;
  readonly stack: RunningStack;
  readonly prometheus: Prometheus;
  readonly startStack: () => Promise<RunningStack>;
}

/** Two sites, a Prometheus that scrapes them every second, and the stack that it writes to. */
export class Rig implements AsyncDisposable {
  readonly sites: Sites;
  readonly servers: OwnServers;
  readonly prometheus: Prometheus;
  readonly #startStack: () => Promise<RunningStack>;
  readonly #parts: AsyncDisposableStack;
  #stack: RunningStack;
  #sendsSinceMs = Date.now();
  #scrapedBefore: Bill = {};

  private constructor(made: Made, parts: AsyncDisposableStack) {
    this.sites = made.sites;
    this.servers = made.servers;
    this.prometheus = made.prometheus;
    this.#startStack = made.startStack;
    this.#stack = made.stack;
    this.#parts = parts;
  }

  static async start(protocol: Readonly<Record<string, unknown>>): Promise<Rig> {
    await using parts = new AsyncDisposableStack();
    const directory = await makeDirectory();
    parts.defer(() => removeDirectory(directory));
    const servers = parts.use(await useOwnServers());
    const environment = {
      ...servers.environment,
      METRICS_TO_BILL,
      PORT: String(await freePort()),
      VISIBILITY_TIMEOUT_SECONDS: "5",
    };
    const sites = parts.use(await startSites());
    const start = () => startStack({ directory, environment });
    const stack = await start();
    let rig: Rig | undefined;
    parts.defer(async () => void (await (rig?.stack ?? stack).stop()));
    const remoteWrite = {
      url: `${stack.baseUrl}/write`,
      authorization: { credentials: stack.keys.ingest },
      ...protocol,
    };
    const prometheus = await Prometheus.start({ directory, remoteWrite, targets: sites.targets });
    parts.defer(() => prometheus.kill());
    rig = new Rig({ sites, servers, stack, prometheus, startStack: start }, parts.move());
    return rig;
  }

  get stack(): RunningStack {
    return this.#stack;
  }

  async startPrometheus(): Promise<void> {
    await this.prometheus.start();
    this.#sendsSinceMs = Date.now();
  }

  async startReceiver(): Promise<void> {
    this.#stack = await this.#startStack();
  }

  /** By Prometheus' own database, and by ours. */
  async bills(): Promise<Bills> {
    const scraped = expectedCredits(await this.prometheus.samples(billedMetrics));
    const billed = await Promise.all(
      [...scraped.keys()].map(async (name) => [name, await readCredits(this.stack, name)] as const),
    );
    return { scraped: Object.fromEntries(scraped), billed: Object.fromEntries(billed) };
  }

  /** Lets everybody use more first, or two bills that stand still would agree, too. */
  async expectBilledExactly(): Promise<void> {
    const before = this.#scrapedBefore;
    const allRisen = ({ scraped }: Bills) =>
      projectNames.every((name) => scraped[name] && scraped[name] !== (before[name] ?? "0.0"));
    expect(allRisen(await this.#billsWhen(allRisen))).toBe(true);
    // Totals stand still, so that what was scraped and what was billed can become the same.
    this.#letRise(false);
    try {
      const { scraped, billed } = await this.#billsWhen((bills) =>
        isDeepStrictEqual(bills.scraped, bills.billed),
      );
      expect(billed).toEqual(scraped);
      this.#scrapedBefore = scraped;
    } finally {
      this.#letRise(true);
    }
  }

  /** The bills as they are when they are as wanted, or in the end. */
  async #billsWhen(areWanted: (bills: Bills) => boolean): Promise<Bills> {
    const until = performance.now() + billedMsMax;
    for (;;) {
      const bills = await this.bills();
      if (areWanted(bills) || performance.now() > until) return bills;
      await sleep(500);
    }
  }

  #letRise(isRising: boolean): void {
    this.sites.bielefeld.isRising = isRising;
    this.sites.giessen.isRising = isRising;
  }

  /** Samples since Prometheus was started last: scraped, and stored. Totals would hide one that is missing. */
  async samplesSince(): Promise<{ readonly scraped: number; readonly stored: number }> {
    const series = await this.prometheus.samples(billedMetrics);
    const isRecent = ({ timeMs }: { timeMs: number }) => timeMs >= this.#sendsSinceMs;
    const scraped = series.flatMap(({ samples }) => samples.filter(isRecent)).length;
    const limits = { connectionsMax: 1, statementTimeoutMs: 10_000 };
    const pool = createPool(databaseAt({ connectionString: this.stack.databaseUrl }), limits);
    try {
      const { rows } = await pool.query<{ count: number }>(
        "select count(*)::int as count from measurements where time >= $1::timestamptz",
        [new Date(this.#sendsSinceMs)],
      );
      return { scraped, stored: rows[0]?.count ?? 0 };
    } finally {
      await pool.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}
