import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { formatCredits, parseCredits } from "../../../lib/billing/credits.ts";
import { parseDecimal } from "../../../lib/billing/decimal.ts";
import type { RunningStack } from "../../support/servers/stack.ts";
import { readCredits, send } from "../../support/servers/stack-client.ts";

const data = join(import.meta.dirname, "../../data");
const prices: Readonly<Record<string, string>> = {
  project_vcpu_usage: "1",
  project_mb_usage: "0.3",
};

/** Credits per project, at `CREDITS_SCALE`. */
type Bill = Map<string, bigint>;

const add = (bill: Bill, project: string, credits: bigint) =>
  bill.set(project, (bill.get(project) ?? 0n) + credits);

/** Bodies of real senders, recorded, and posted as they were. */
export function recordingScenarios(running: () => RunningStack, settled: () => Promise<void>) {
  // The recordings share project names, so what is expected adds up from test to test.
  const expected: Bill = new Map();

  async function expectBill(): Promise<void> {
    for (const [project, credits] of expected) {
      expect([project, await readCredits(running(), project)]).toEqual([
        project,
        formatCredits(credits),
      ]);
    }
  }

  describe("recorded requests", () => {
    test("of remote write 1.0 become exactly the expected credits, also when they come twice", async () => {
      for (const [project, credits] of readExpected()) add(expected, project, credits);
      await sendRecording(running(), "remote-write-1.0");
      await settled();
      await expectBill();
      await sendRecording(running(), "remote-write-1.0");
      await settled();
      await expectBill();
    });

    test("of exposition pages with a time become last minus first", async () => {
      for (const site of ["bielefeld", "giessen"]) addPages(expected, site);
      await sendPages(running());
      await sendPages(running());
      await settled();
      await expectBill();
    });

    test("of a thousand projects are taken and billed", async () => {
      for (const name of ["rw1-1", "rw1-2", "rw2-1", "rw2-2"]) {
        expect(await sendRecorded(running(), join(data, "large", name))).toBe(204);
      }
      const page = readFileSync(join(data, "large/page.txt"));
      const headers = { "Content-Type": "text/plain; version=0.0.4" };
      expect(await send(running(), "/measurements", page, headers)).toBe(202);
      await settled();
    });
  });
}

/** Posts one recorded body with the headers that decide how it is read. */
function sendRecorded(stack: RunningStack, file: string): Promise<number> {
  const { path, headers } = JSON.parse(readFileSync(`${file}.json`, "utf8"));
  return send(stack, path, readFileSync(`${file}.bin`), {
    "Content-Type": headers["Content-Type"],
    "Content-Encoding": headers["Content-Encoding"],
    "X-Prometheus-Remote-Write-Version": headers["X-Prometheus-Remote-Write-Version"],
  });
}

async function sendRecording(stack: RunningStack, folder: string): Promise<void> {
  const files = readdirSync(join(data, folder)).filter((file) => file.endsWith(".bin"));
  for (const file of files.sort()) {
    expect(await sendRecorded(stack, join(data, folder, file.slice(0, -4)))).toBe(204);
  }
}

/** `expected.csv`: a project's credits are the sum over its rows; only names can be quoted. */
function readExpected(): [string, bigint][] {
  const text = readFileSync(join(data, "remote-write-1.0/expected.csv"), "utf8");
  return text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => {
      const [, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^,]*)),/.exec(line) ?? [];
      const project = quoted?.replaceAll('""', '"') ?? plain ?? "";
      return [project, parseCredits(line.split(",").at(-1) ?? "")];
    });
}

const pages = [1, 2, 3];

async function sendPages(stack: RunningStack): Promise<void> {
  for (const page of pages) {
    for (const site of ["bielefeld", "giessen"]) {
      const body = readFileSync(join(data, `exposition/${site}-${page}.txt`));
      const path = `/measurements?time=2026-11-23T07:00:${page * 11}Z`;
      expect(await send(stack, path, body, { "Content-Type": "text/plain; version=0.0.4" })).toBe(
        202,
      );
    }
  }
}

function addPages(bill: Bill, site: string): void {
  const [first, last] = [readPage(`${site}-1`), readPage(`${site}-${pages.at(-1)}`)];
  for (const [series, { metric, project, value }] of last) {
    const used = parseDecimal(value, 30) - parseDecimal(first.get(series)?.value ?? value, 30);
    // 30 decimals of usage and 12 of the price are the 42 of credits.
    add(bill, project, used * parseDecimal(prices[metric] ?? "0", 12));
  }
}

/** The billed samples of a page by their whole series text. */
function readPage(name: string) {
  const text = readFileSync(join(data, `exposition/${name}.txt`), "utf8");
  const lines = text.matchAll(
    /^((project_\w+)\{.*project_name="((?:[^"\\]|\\.)*)".*\}) ([0-9.]+)$/gm,
  );
  return new Map(
    [...lines].map(([, series = "", metric = "", name = "", value = ""]) => [
      series,
      { metric, project: name.replaceAll(/\\(.)/g, "$1"), value },
    ]),
  );
}
