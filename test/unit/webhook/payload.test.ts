import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { payloadOf } from "../../../lib/webhook/payload.ts";
import { retryAfterMs } from "../../../lib/webhook/retry-after.ts";
import { signatureHeader } from "../../../lib/webhook/signature.ts";
import { limitNotice, noticesOfEachType } from "../../support/notices/notices.ts";

const readme = readFileSync(new URL("../../../lib/webhook/README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```json\n([\s\S]*?)\n```/g)].map((match) => match[1] ?? "");

/** Only the layout of the README's examples may differ. */
const withoutLayout = (json: string) => json.replace(/\n\s*/g, "").replace(/([:,]) /g, "$1");

test.each(noticesOfEachType.map((notice) => [notice.type, notice] as const))(
  "the README shows what %s sends",
  (_type, notice) => {
    expect(examples.map(withoutLayout)).toContain(payloadOf(notice).replace(/([:,]) /g, "$1"));
  },
);

test("amounts keep every digit, and a decimal place", () => {
  const body = payloadOf(
    limitNotice({
      threshold: "80",
      usedCredits: "123456789012345.000000000000000001",
      grantedCredits: "-1.50",
    }),
  );
  expect(body).toContain(
    '"threshold":80.0,"used_credits":123456789012345.000000000000000001,"granted_credits":-1.5',
  );
});

test.each([
  ["99.999999999999999999", "0.0"],
  ["100", "0.0"],
  ["100.000000000000000001", "0.000000000000000001"],
  ["113.25", "13.25"],
])("a limit of which %s of 100 is used says that it is exceeded by %s", (usedCredits, excess) => {
  const body = payloadOf(limitNotice({ usedCredits, grantedCredits: "100" }));
  expect(body).toContain(`"granted_credits":100.0,"exceeded_by":${excess}}`);
});

test("a name cannot leave its string", () => {
  const projectName = '","type":"x\\"}\u2028\u2029<script>{{site}}\\';
  const parsed = JSON.parse(payloadOf(limitNotice({ projectName })));
  expect(parsed).toMatchObject({ type: "limit.reached", data: { project_name: projectName } });
  expect(Object.keys(parsed)).toEqual(["type", "timestamp", "data"]);
});

test("each secret's signature is that of the Standard Webhooks library", () => {
  const secrets = [Buffer.alloc(24, 1), Buffer.alloc(64, 2)];
  const body = payloadOf(limitNotice({ projectName: "ä€😀" }));
  const expected = secrets.map((secret) =>
    new Webhook(secret.toString("base64")).sign("msg", new Date(1_795_401_783_000), body),
  );
  expect(signatureHeader(secrets, "msg", 1_795_401_783, body)).toBe(expected.join(" "));
});

describe("Retry-After", () => {
  const nowMs = Date.parse("2026-11-23T10:00:00Z");

  test.each([
    ["0", 0],
    ["120", 120_000],
    ["Mon, 23 Nov 2026 10:02:00 GMT", 120_000],
    ["Mon, 23 Nov 2026 09:00:00 GMT", 0],
    ["9999999999", 86_400_000],
    ["Mon, 23 Nov 2099 10:02:00 GMT", 86_400_000],
    ["-5 minutes please", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%p is %p ms", (header, ms) => {
    expect(retryAfterMs(header, nowMs)).toBe(ms);
  });
});
