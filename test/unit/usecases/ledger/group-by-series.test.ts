import { expect, test } from "@jest/globals";
import { parseDecimal, VALUE_SCALE } from "../../../../lib/billing/decimal.ts";
import { groupBySeries, nameOf } from "../../../../lib/usecases/ledger/group-by-series.ts";

const measurement = (projectName: string, timeMs: number, value = "1", site = "") => ({
  projectName,
  metric: "project_vcpu_usage",
  site,
  resource: "",
  timeMs,
  value,
});

test("what several messages hold of a series is one group, in the order in which it came", () => {
  const groups = groupBySeries([
    { keyId: "one", measurements: [measurement("a", 30, "3"), measurement("b", 10)] },
    { keyId: "two", measurements: [measurement("a", 20, "2.5"), measurement("a", 40, "4")] },
  ]);
  expect(groups.map(({ key, earliestMs }) => [key.projectName, earliestMs])).toEqual([
    ["a", 20],
    ["b", 10],
  ]);
  expect(groups.map(({ keyId }) => keyId)).toEqual(["two", "one"]);
  expect(groups[0]?.received).toEqual([
    { timeMs: 30, value: parseDecimal("3", VALUE_SCALE) },
    { timeMs: 20, value: parseDecimal("2.5", VALUE_SCALE) },
    { timeMs: 40, value: parseDecimal("4", VALUE_SCALE) },
  ]);
});

test("each part of the key makes another series, wherever the text of the one ends", () => {
  const keys = [
    { projectName: "a", metric: "m", site: "s", resource: "" },
    { projectName: "a", metric: "m", site: "", resource: "s" },
    { projectName: "am", metric: "", site: "s", resource: "" },
    { projectName: "a", metric: "m", site: "s", resource: "r" },
  ];
  expect(new Set(keys.map(nameOf)).size).toBe(keys.length);
  expect(nameOf({ ...measurement("a", 1), site: "s" })).toBe(nameOf(measurement("a", 2, "9", "s")));
});
