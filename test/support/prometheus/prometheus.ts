import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { freePort } from "../../../localstack/machine/ports.ts";
import type { PlainSample } from "../ledger/reference-billing.ts";

export interface ScrapeTarget {
  readonly port: number;
  /** Labels that the operator's configuration adds to every sample of the target. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  readonly directory: string;
  readonly remoteWrite: Readonly<Record<string, unknown>>;
  readonly targets: readonly ScrapeTarget[];
}

export interface ScrapedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly PlainSample[];
}

const readyMsMax = 60_000;
/** It waits up to a minute for a receiver that does not answer. */
const stopMsMax = 70_000;
const sentMsMax = 120_000;

/** The Prometheus that the environment names, scraping every second, with a database that outlives its process. */
export class Prometheus {
  readonly #options: PrometheusOptions;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #log = "";

  private constructor(options: PrometheusOptions, port: number) {
    this.#options = options;
    this.#port = port;
  }

  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const prometheus = new Prometheus(options, await freePort());
    await prometheus.#configure(options.targets);
    await prometheus.start();
    return prometheus;
  }

  /** The output of all its processes. */
  get log(): string {
    return this.#log;
  }

  async start(): Promise<void> {
    const child = spawn(binary(), this.#arguments(), { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#log += chunk;
    });
    const failed = once(child, "error").then(([error]) => {
      throw error;
    });
    await Promise.race([this.#untilReady(child), failed]);
  }

  /** As an operator restarts it: it sends what it has before it ends. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
    child.kill("SIGTERM");
    await once(child, "exit");
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    if (this.#child?.signalCode === null) await once(this.#child, "exit");
  }

  /** Goes on running and sending. */
  async stopScraping(): Promise<void> {
    await this.#configure([]);
    const response = await fetch(this.#url("/-/reload"), { method: "POST" });
    if (!response.ok) throw new Error(`reload: ${response.status} ${await response.text()}`);
  }

  /** The sum of one of its own metrics over all labels; 0 where it does not exist (yet). */
  async metric(name: string): Promise<number> {
    const page = await (await fetch(this.#url("/metrics"))).text();
    const lines = page.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "gm"));
    return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** Everything scraped so far has been answered by the receiver; to be asked when scraping has stopped. */
  async untilAllSent(): Promise<void> {
    const remote = "prometheus_remote_storage_";
    const until = performance.now() + sentMsMax;
    for (;;) {
      const pending = await this.metric(`${remote}samples_pending`);
      const scraped = await this.metric(`${remote}highest_timestamp_in_seconds`);
      const sent = await this.metric(`${remote}queue_highest_sent_timestamp_seconds`);
      if (pending === 0 && scraped > 0 && sent === scraped) return;
      if (performance.now() > until) {
        throw new Error(`${pending} samples pending, sent until ${sent} of ${scraped}`);
      }
      await sleep(200);
    }
  }

  /** Every raw sample that its database holds; stale markers are none. */
  async samples(metrics: readonly string[]): Promise<ScrapedSeries[]> {
    const query = `{__name__=~"${metrics.join("|")}"}[1h]`;
    const response = await fetch(this.#url("/api/v1/query"), {
      method: "POST",
      body: new URLSearchParams({ query }),
    });
    const answer = (await response.json()) as QueryAnswer;
    if (answer.status !== "success") throw new Error(`${query}: ${JSON.stringify(answer)}`);
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      samples: values.map(([seconds, value]) => ({
        timeMs: Math.round(seconds * 1000),
        value: plainNotation(value),
      })),
    }));
  }

  #url = (path: string) => `http://127.0.0.1:${this.#port}${path}`;

  get #configFile(): string {
    return join(this.#options.directory, "prometheus.yml");
  }

  #arguments(): string[] {
    return [
      `--config.file=${this.#configFile}`,
      `--storage.tsdb.path=${join(this.#options.directory, "tsdb")}`,
      `--web.listen-address=127.0.0.1:${this.#port}`,
      "--web.enable-lifecycle",
    ];
  }

  async #configure(targets: readonly ScrapeTarget[]): Promise<void> {
    const static_configs = targets.map(({ port, labels }) => ({
      targets: [`127.0.0.1:${port}`],
      labels,
    }));
    const configuration = {
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: targets.length === 0 ? [] : [{ job_name: "project_usages", static_configs }],
      remote_write: [this.#options.remoteWrite],
    };
    await writeFile(this.#configFile, stringify(configuration));
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const until = performance.now() + readyMsMax;
    for (;;) {
      const isReady = await fetch(this.#url("/-/ready")).then(
        (response) => response.ok,
        () => false,
      );
      if (isReady) return;
      if (child.exitCode !== null || performance.now() > until) {
        child.kill("SIGKILL");
        throw new Error(`Prometheus is not ready:\n${this.#log.slice(-4_000)}`);
      }
      await sleep(100);
    }
  }
}

interface QueryAnswer {
  readonly status: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [seconds: number, value: string])[];
    }[];
  };
}

function binary(): string {
  const path = process.env["PROMETHEUS"];
  if (path) return path;
  throw new Error(
    "PROMETHEUS must name a Prometheus to test with: export $(localstack/native/prometheus.sh build sid)",
  );
}

/** Prometheus writes the shortest digits that mean the float64, tiny numbers with an exponent: `1.5e-07`. */
export function plainNotation(text: string): string {
  const [, whole = "", fraction = "", exponent] = /^(\d+)(?:\.(\d+))?e-(\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const digits = (whole + fraction).padStart(
    Number(exponent) + whole.length + fraction.length,
    "0",
  );
  const point = digits.length - fraction.length - Number(exponent);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
