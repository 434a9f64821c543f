import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";
import { receiveMeasurements } from "../../support/servers/queues.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const queued = () => receiveMeasurements(functions.queues);

const timeMs = Date.UTC(2026, 10, 23, 9);
const text = { "content-type": "text/plain" };

describe("?precision= says what the timestamps of line protocol count", () => {
  const send = (precision: string | undefined, time: string | number) =>
    functions.receive({
      path: "/write",
      headers: text,
      ...(precision === undefined ? {} : { query: { precision } }),
      body: `project_vcpu_usage,project_name=odd value=1 ${time}`,
    });

  test.each([
    [undefined, `${timeMs}000000`],
    ["", `${timeMs}000000`],
    ["n", `${timeMs}000000`],
    ["ns", `${timeMs}999999`],
    ["u", `${timeMs}000`],
    ["us", `${timeMs}999`],
    ["ms", timeMs],
    ["s", timeMs / 1_000],
  ])("%s", async (precision, time) => {
    expect(await send(precision, time)).toMatchObject({ statusCode: 204 });
    expect(await queued()).toMatchObject([{ timeMs }]);
  });

  test.each(["MS", "h", "s,ms", "__proto__"])("%s is refused, with what to send", async (odd) => {
    const answer = await send(odd, timeMs);
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body).errors).toEqual([
      {
        at: "precision",
        code: "parameter-invalid",
        detail: "precision must be ns, us, ms or s: the timestamps' unit",
      },
    ]);
    expect(await queued()).toEqual([]);
  });
});
