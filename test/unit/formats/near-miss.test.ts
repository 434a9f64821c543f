import { describe, expect, test } from "@jest/globals";
import { findNearMiss } from "../../../lib/formats/near-miss.ts";
import { decodeLineProtocol } from "../../../lib/formats/text/decode-line-protocol.ts";
import { context, encodeUtf8, nowMs } from "../../support/formats/decode-context.ts";
import { decode as decodeItems, item } from "./json-body.ts";
import { versions } from "./remote-write/remote-write-series.ts";

describe("the metric with a price that was probably meant", () => {
  const isBilled = (metric: string) => metric === "project_vcpu_usage" || metric === "jobs_total";

  test.each([
    ["project_vcpu_usage_total", "project_vcpu_usage"],
    ["jobs", "jobs_total"],
    ["project.vcpu-usage", "project_vcpu_usage"],
    ["Project_vCPU_usage", "project_vcpu_usage"],
    ["Jobs", "jobs_total"],
    ["project.vcpu.usage_total", "project_vcpu_usage"],
    ["project_vcpu_usage_created", undefined],
    ["project_vcpu_usage_total_total", undefined],
    ["up", undefined],
    ["", undefined],
  ])("of %j is %j", (metric, expected) => {
    expect(findNearMiss(metric, isBilled)).toBe(expected);
  });

  test("is not looked for where the name is longer than one may be", () => {
    const asked: string[] = [];
    findNearMiss("x".repeat(1_000_000), (metric) => asked.push(metric) === 0);
    expect(asked).toEqual([]);
  });
});

const hint =
  "project_vcpu_usage_total has no price here, but project_vcpu_usage has: send it by that name";

describe.each(versions)("remote write $version", ({ decode }) => {
  test("counts every sample of a near miss, and hints once", () => {
    const labels = [["__name__", "project_vcpu_usage_total"]] as const;
    const samples = [[1, nowMs] as const, [2, nowMs] as const];
    expect(decode({ labels, samples }, { labels, samples }, { labels })).toMatchObject({
      dropped: { unpriced: 4, "unpriced:project_vcpu_usage": 4 },
      hints: [hint],
    });
  });
});

test("line protocol hints at each metric with a price once, however many names are near it", () => {
  const names = ["project_vcpu_usage_total", "Project_vcpu_usage", "project_mb_usage_total", "up"];
  const body = encodeUtf8(
    names
      .map((name) => `${name} value=1\n`)
      .join("")
      .repeat(2),
  );
  expect(decodeLineProtocol(body, context)).toMatchObject({
    dropped: { unpriced: 8, "unpriced:project_vcpu_usage": 4, "unpriced:project_mb_usage": 2 },
    hints: [
      hint,
      "project_mb_usage_total has no price here, but project_mb_usage has: send it by that name",
    ],
  });
});

test("JSON, which refuses what has no price, names the one that has", () => {
  expect(decodeItems({ ...item, metric: "project_vcpu_usage_total" }).faults).toEqual([
    {
      at: "measurements[0].metric",
      code: "metric-unbilled",
      detail: "send a metric that has a price here: project_vcpu_usage has one",
    },
  ]);
});
