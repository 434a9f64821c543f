import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bodyOf } from "../../support/admin-calls.ts";
import { keys } from "../../support/api-keys.ts";
import { csvRows } from "../../support/csv-rows.ts";
import { type Functions, loadFunctions } from "../../support/servers/functions.ts";

let functions: Functions;
beforeAll(async () => {
  functions = await loadFunctions();
  await post(
    // Six vCPU-hours an hour from 22:30 UTC on, which is half past eleven in the evening in Berlin.
    sample("berlin", "a1", "2026-11-22T22:30:00Z", 0),
    sample("berlin", "a1", "2026-11-23T01:00:00Z", 15),
    sample("bielefeld", "b1", "2026-11-23T00:00:00Z", 0, "project_mb_usage"),
    sample("bielefeld", "b1", "2026-11-23T00:30:00Z", 10, "project_mb_usage"),
  );
  await functions.call("adjustment", {
    headers: { "x-api-key": keys.admin, "idempotency-key": "a refund" },
    pathParameters: { project_name: "costs" },
    body: '{"credits":-2.5,"reason":"refund","time":"2026-11-23T00:15:00Z"}',
  });
});
afterAll(async () => {
  await functions[Symbol.asyncDispose]();
});

const sample = (
  site: string,
  resource: string,
  time: string,
  value: number,
  metric = "project_vcpu_usage",
) => ({ project_name: "costs", site, resource, time, value, metric });

async function post(...measurements: object[]): Promise<void> {
  const answer = await functions.receive({ body: JSON.stringify({ measurements }) });
  expect(answer.statusCode).toBe(202);
  await functions.billQueued();
}

const read = { headers: { "x-api-key": keys.read } };
const ask = (query: Record<string, string>, project_name = "costs") =>
  functions.call("costs", { ...read, pathParameters: { project_name }, query });
const costs = async (query: Record<string, string>) => {
  const answer = await ask(query);
  expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
  return bodyOf(answer);
};
const night = { from: "2026-11-22T22:00:00Z", until: "2026-11-23T02:00:00Z" };

describe("GET /api/hourly_costs/{project_name}", () => {
  test("tells hour by hour what was used, none left out", async () => {
    const answer = await costs(night);
    expect(answer).toMatchObject({
      range: { ...night, timezone: "UTC", bucket: "hour", aligned: true },
      measured_until: "2026-11-23T01:00:00Z",
      total: { credits: 18, adjustments: -2.5 },
      next_cursor: null,
    });
    const vcpu = { metric: "project_vcpu_usage", unit: null };
    const gib = { metric: "project_mb_usage", unit: null, usage: 10, credits: 3 };
    const hour = { corrected_at: null, adjustments: 0 };
    expect(answer.data).toEqual([
      {
        ...hour,
        start: "2026-11-22T22:00:00Z",
        end: "2026-11-22T23:00:00Z",
        coverage: "partial",
        credits: 3,
        by: [{ ...vcpu, usage: 3, credits: 3 }],
      },
      {
        ...hour,
        start: "2026-11-22T23:00:00Z",
        end: "2026-11-23T00:00:00Z",
        coverage: "full",
        credits: 6,
        by: [{ ...vcpu, usage: 6, credits: 6 }],
      },
      {
        ...hour,
        start: "2026-11-23T00:00:00Z",
        end: "2026-11-23T01:00:00Z",
        coverage: "full",
        credits: 9,
        adjustments: -2.5,
        by: [gib, { ...vcpu, usage: 6, credits: 6 }],
      },
      {
        ...hour,
        start: "2026-11-23T01:00:00Z",
        end: "2026-11-23T02:00:00Z",
        coverage: "none",
        credits: 0,
        by: [],
      },
    ]);
  });

  test("the total of all time is what GET /api/current_credits says", async () => {
    const { total } = await costs({ from: "2020-01-01", bucket: "month" });
    const current = await functions.call("credits", {
      ...read,
      pathParameters: { project_name: "costs" },
    });
    expect(total.credits + total.adjustments).toBe(bodyOf(current).current_credits);
  });

  test("days are those of the zone, and may be named as days", async () => {
    const { range, data } = await costs({
      from: "2026-11-22",
      until: "2026-11-24",
      timezone: "Europe/Berlin",
      bucket: "day",
    });
    expect(range).toMatchObject({
      from: "2026-11-22T00:00:00+01:00",
      until: "2026-11-24T00:00:00+01:00",
      aligned: true,
    });
    // 23:00 UTC is midnight in Berlin.
    expect(data.map((day: { credits: number }) => day.credits)).toEqual([3, 15]);
  });

  test("the first and the last bucket are cut where the range ends", async () => {
    const { range, data } = await costs({
      from: "2026-11-22T22:30:00Z",
      until: "2026-11-23T00:00:00Z",
      bucket: "week",
    });
    expect(range.aligned).toBe(false);
    expect(data).toMatchObject([{ start: "2026-11-22T22:30:00Z", end: "2026-11-23T00:00:00Z" }]);
    // The hour that began before the range is not within it.
    expect(data[0].credits).toBe(6);
  });

  test("sites and resources are told apart where they are asked for", async () => {
    const { total } = await costs({ ...night, by: "metric,site,resource" });
    expect(total.by).toMatchObject([
      { metric: "project_mb_usage", site: "bielefeld", resource: "b1", credits: 3 },
      { metric: "project_vcpu_usage", site: "berlin", resource: "a1", credits: 15 },
    ]);
    expect((await costs(night)).total.by[0]).not.toHaveProperty("site");
  });

  test.each([
    [{ metric: "project_mb_usage" }, 3],
    [{ site: "berlin" }, 15],
    [{ site: "berlin", metric: "project_mb_usage" }, 0],
  ])("%j leaves the others out, and the adjustments", async (filter, credits) => {
    expect((await costs({ ...night, ...filter })).total).toMatchObject({ credits, adjustments: 0 });
  });

  test("the range before is as long", async () => {
    const second = { from: "2026-11-23T00:00:00Z", until: "2026-11-23T02:00:00Z" };
    expect((await costs({ ...second, compare: "previous" })).previous).toMatchObject({
      from: "2026-11-22T22:00:00Z",
      until: "2026-11-23T00:00:00Z",
      credits: 9,
      adjustments: 0,
      by: [{ metric: "project_vcpu_usage", usage: 9, credits: 9 }],
    });
    expect(await costs(second)).not.toHaveProperty("previous");
  });

  test("pages follow each other, each with the total of all", async () => {
    const whole = await costs(night);
    const rows: unknown[] = [];
    let cursor = "";
    for (let page = 0; page < 4; page++) {
      const answer = await costs({ ...night, limit: "3", cursor });
      expect(answer.total).toEqual(whole.total);
      rows.push(...answer.data);
      cursor = answer.next_cursor;
      if (cursor === null) break;
    }
    expect(cursor).toBeNull();
    expect(rows).toEqual(whole.data);
  });

  test.each([
    [{}, { format: "csv" }],
    [{ accept: "text/csv" }, {}],
  ])("headers %j and query %j give a file of the same", async (headers, query) => {
    const answer = await functions.call("costs", {
      headers: { ...read.headers, ...headers },
      pathParameters: { project_name: "costs" },
      query: { ...night, ...query },
    });
    expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
    const sum = csvRows(answer.body).reduce((all, row) => all + Number(row["credits"]), 0);
    const { total } = await costs(night);
    expect(sum).toBe(total.credits + total.adjustments);
  });

  test("the file that the page links to has the page's sum", async () => {
    const page = await functions.call("page", {
      ...read,
      pathParameters: { project_name: "costs" },
      query: { from: "2026-11-01", until: "2026-12-01", timezone: "Europe/Berlin" },
    });
    const [, link = ""] =
      /href="(\/api\/hourly_costs\/costs\?[^"]*format=csv)"/.exec(page.body) ?? [];
    const query = Object.fromEntries(
      new URLSearchParams(link.replaceAll("&amp;", "&").split("?")[1]),
    );
    const rows = csvRows((await ask(query)).body);
    const sum = rows.reduce((all, row) => all + Number(row["credits"]), 0);
    expect(rows.length).toBeGreaterThanOrEqual(30);
    const [, foot = ""] = /<tfoot>(.*)<\/tfoot>/.exec(page.body) ?? [];
    const cells = foot.split("</td>").map((cell) => cell.replace(/<[^>]*>/g, ""));
    expect(Number(cells.at(-3))).toBe(sum);
    expect(sum).toBe(15.5);
  });

  test("a late sample marks the hours that it corrected", async () => {
    await post(sample("berlin", "a1", "2026-11-22T23:30:00Z", 5));
    const { data, total } = await costs(night);
    expect(total.credits).toBe(18);
    const marks = data.map((hour: { corrected_at: string | null }) => hour.corrected_at !== null);
    expect(marks).toEqual([true, true, true, false]);
  });

  test("a cursor of other parameters is refused", async () => {
    const { next_cursor: cursor } = await costs({ ...night, limit: "1" });
    expect((await ask({ ...night, cursor, bucket: "day" })).statusCode).toBe(400);
    expect((await ask({ ...night, cursor }, "another")).statusCode).toBe(400);
  });

  test("an unknown project is not found, one that was only adjusted is", async () => {
    expect(bodyOf(await ask({}, "nobody")).code).toBe("project-unknown");
    await functions.call("adjustment", {
      headers: { "x-api-key": keys.admin, "idempotency-key": "opening" },
      pathParameters: { project_name: "opened" },
      body: '{"credits":7,"reason":"opening balance"}',
    });
    const opened = bodyOf(await ask({ until: "2027-12-31", from: "2026-01-01" }, "opened"));
    expect(opened).toMatchObject({ measured_until: null, total: { credits: 0, adjustments: 7 } });
  });
});
