import { expect, test } from "@jest/globals";
import { noticeTypes } from "../../../lib/usecases/notices/notice.ts";
import { webhookChannels } from "../../../lib/webhook/webhook-channel.ts";
import { readWebhookSettings } from "../../../lib/webhook/webhook-settings.ts";
import { noticesOfEachType } from "../../support/notices/notices.ts";

const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const url = "https://hooks.example.org/a/token?key=geheim";

const read = (webhooks: unknown, allowed?: string) =>
  readWebhookSettings(
    (name) =>
      ({
        WEBHOOKS: typeof webhooks === "string" ? webhooks : JSON.stringify(webhooks),
        WEBHOOK_ALLOW_PRIVATE: allowed,
      })[name],
  );

function faults(webhooks: unknown, allowed?: string): string[] {
  try {
    read(webhooks, allowed);
  } catch (error) {
    return (error as AggregateError).errors.map(({ message }) => message);
  }
  return [];
}

test("without WEBHOOKS there is no channel", () => {
  expect(webhookChannels(readWebhookSettings(() => undefined))).toEqual([]);
});

test("a channel's name stays the same, tells URLs apart and shows neither path nor query", () => {
  const names = (webhooks: unknown) => webhookChannels(read(webhooks)).map(({ name }) => name);
  const twice = [
    { url, secrets: [secret] },
    { url: url.replace("token", "other"), secrets: [secret] },
  ];
  expect(names(twice)).toEqual(names(twice));
  expect(new Set(names(twice)).size).toBe(2);
  expect(names(twice)[0]).toMatch(/^webhook:hooks\.example\.org#[0-9a-f]{8}$/);
  expect(names([{ url, secrets: [secret], name: "chat" }])).toEqual(["webhook:chat"]);
});

test("a channel takes the events that it is configured for, all of them by default", () => {
  const taken = (events?: readonly string[]) =>
    noticesOfEachType
      .filter((notice) =>
        webhookChannels(read([{ url, secrets: [secret], events }]))[0]?.takes(notice),
      )
      .map(({ type }) => type);
  expect(taken()).toEqual([...noticeTypes]);
  expect(taken(["site.silent", "limit.reached"])).toEqual(["limit.reached", "site.silent"]);
});

test("all faults come at once, each with its place", () => {
  expect(
    faults(
      [
        { url: "hooks.example.org", secrets: [secret, "whsec_AAAA"], events: ["limits"] },
        { secrets: [], name: "a b", events: [] },
        { url, secrets: [secret], retries: 3 },
        "https://hooks.example.org",
      ],
      "10.0.0.0/8, intranet",
    ).map((message) => message.split(" must be ")[0]),
  ).toEqual([
    "WEBHOOKS[0].url",
    "WEBHOOKS[0].secrets[1]",
    "WEBHOOKS[0].events[0]",
    "WEBHOOKS[1].name",
    "WEBHOOKS[1].url",
    "WEBHOOKS[1].secrets",
    "WEBHOOKS[1].events",
    "WEBHOOKS[2]",
    "WEBHOOKS[3]",
    "WEBHOOK_ALLOW_PRIVATE",
  ]);
});

test("an unknown event is told which ones there are", () => {
  const [message] = faults([{ url, secrets: [secret], events: ["limits"] }]);
  for (const type of noticeTypes) expect(message).toContain(type);
});

test.each(["ftp://x/", "https://u:p@x/", "https://x/#a", "x", ""])(
  "%p is no receiver's URL",
  (wrong) => {
    expect(faults([{ url: wrong, secrets: [secret] }])).toEqual([
      expect.stringContaining("WEBHOOKS[0].url must be"),
    ]);
  },
);

test.each([
  ["too short", Buffer.alloc(23).toString("base64")],
  ["too long", Buffer.alloc(65).toString("base64")],
  ["not base64", "!".repeat(40)],
])("a secret that is %s is refused", (_what, base64) => {
  expect(faults([{ url, secrets: [`whsec_${base64}`] }])).toHaveLength(1);
});

test("a secret without its prefix is refused", () => {
  expect(faults([{ url, secrets: [secret.slice(6)] }])).toHaveLength(1);
});

test("the same receiver twice is refused, for both would have one name", () => {
  const webhook = { url, secrets: [secret] };
  expect(faults([webhook, webhook])).toEqual(["WEBHOOKS: two of them have the same name or URL"]);
});

test("no message holds a secret, even where the JSON is broken", () => {
  const broken = `[{"url":"${url}","secrets":["${secret}" "x"]}]`;
  const messages = [
    ...faults(broken),
    ...faults([{ url: `${url}#`, secrets: [`${secret}${secret}`], [secret]: secret }]),
  ];
  expect(messages.length).toBeGreaterThan(1);
  for (const message of messages) expect(message).not.toMatch(/geheim|BwcHBw/);
});
