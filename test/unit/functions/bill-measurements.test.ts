import { beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { encodeMessages } from "../../../lib/sqs/message.ts";
import { Unavailable } from "../../../lib/usecases/unavailable.ts";
import { sqsEvent } from "../../support/servers/queues.ts";
import { environmentOf, timeoutMsOf } from "../../support/service-file.ts";

type BillMessages =
  typeof import("../../../lib/usecases/ledger/bill-measurements.ts")["billMessages"];
type Handler = typeof import("../../../functions/bill-measurements.ts")["handler"];

const name = "bill-measurements";
const billMessages = jest.fn<BillMessages>();
let handler: Handler;
beforeAll(async () => {
  const usecase = "../../../lib/usecases/ledger/bill-measurements.ts";
  jest.unstable_mockModule(usecase, () => ({ billMessages, countMessages: () => ({}) }));
  const given = { DATABASE_URL: "postgres://u:p@localhost/credits", LOG_LEVEL: "silent" };
  Object.assign(process.env, environmentOf(name, given));
  ({ handler } = await import("../../../functions/bill-measurements.ts"));
});
beforeEach(() => {
  billMessages.mockReset();
});

const series = {
  projectName: "genomics",
  metric: "project_vcpu_usage",
  site: "",
  resource: "",
};
const tenMessages = Array.from({ length: 10 }, (_, timeMs) =>
  encodeMessages([{ ...series, timeMs, value: "1" }]),
).flat();

const invoke = async () => {
  const { batchItemFailures } = await handler(sqsEvent(...tenMessages));
  return batchItemFailures.length;
};

describe("where all ten messages fail together,", () => {
  test("none is tried alone while the database is away: there is no time for ten of them", async () => {
    billMessages.mockRejectedValue(new Unavailable("the database is not available"));
    expect(await invoke()).toBe(10);
    expect(billMessages).toHaveBeenCalledTimes(1);
  });

  test("each is tried alone for any other reason", async () => {
    billMessages.mockRejectedValue(new Error("canceling statement due to statement timeout"));
    expect(await invoke()).toBe(10);
    expect(billMessages).toHaveBeenCalledTimes(1 + 10);
  });
});

test("a round ends while there is time for the slice that is under way, and gives way to others", async () => {
  billMessages.mockResolvedValue({ left: new Set(), early: new Set() });
  const beginMs = performance.now();
  const clock = jest.spyOn(performance, "now").mockReturnValue(beginMs);
  expect(await invoke()).toBe(0);
  const shouldStop = billMessages.mock.calls[0]?.[2] ?? (() => undefined);
  expect(shouldStop()).toBe(false);
  clock.mockReturnValue(beginMs + 1_000);
  expect(shouldStop()).toBe(false);
  clock.mockReturnValue(beginMs + timeoutMsOf(name) / 2);
  expect(shouldStop()).toBe(true);
  clock.mockRestore();
});
