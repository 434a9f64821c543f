import { describe, expect, test } from "@jest/globals";
import { formBody } from "../../../lib/portal/form-body.ts";
import { portalChannels } from "../../../lib/portal/limit-channel.ts";
import { readPortalNoticeSettings } from "../../../lib/portal/portal-settings.ts";
import { limitNotice, noticesOfEachType } from "../../support/notices/notices.ts";

const read = (variables: Record<string, string>) =>
  readPortalNoticeSettings((name) => variables[name]);
const channel = portalChannels(
  read({ MAIL_CONTACT_URL: "http://portal.example", API_CONTACT_KEY: "k" }),
)[0];

test("the form is encoded as Python's urlencode does", () => {
  const text = "a b+c&d=e%f/g!'()*~._-äß€😀\u0000\"<>;,:@";
  expect(formBody([["project_name", text]])).toBe(
    "project_name=a+b%2Bc%26d%3De%25f%2Fg%21%27%28%29%2A~._-%C3%A4%C3%9F%E2%82%AC%F0%9F%98%80%00%22%3C%3E%3B%2C%3A%40",
  );
});

describe("the portal is told", () => {
  test.each(["50", "50.0", "100", "100.000"])("of %s %%", (threshold) => {
    expect(channel?.takes(limitNotice({ threshold }))).toBe(true);
  });

  test.each(["80", "50.5", "500", "5", "10", "100.01"])("not of %s %%", (threshold) => {
    expect(channel?.takes(limitNotice({ threshold }))).toBe(false);
  });

  test("of nothing but limits", () => {
    for (const notice of noticesOfEachType.filter(({ type }) => type !== "limit.reached")) {
      expect([notice.type, channel?.takes(notice)]).toEqual([notice.type, false]);
    }
  });
});

describe("settings", () => {
  test("without MAIL_CONTACT_URL there is no channel, whatever else is set", () => {
    expect(portalChannels(read({ API_CONTACT_KEY: "k" }))).toEqual([]);
  });

  test("the path is put below the base URL, with or without a slash at its end", () => {
    const url = (base: string) =>
      read({ MAIL_CONTACT_URL: base, API_CONTACT_KEY: "k" })?.url.toString();
    expect(url("https://p.example")).toBe("https://p.example/credits-limit/");
    expect(url("https://p.example/api/")).toBe("https://p.example/api/credits-limit/");
  });

  test("all faults come at once, each with its variable", () => {
    const messages = (variables: Record<string, string>) => {
      try {
        read(variables);
      } catch (error) {
        return (error as AggregateError).errors.map(({ message }) => message.split(" ")[0]);
      }
      return [];
    };
    expect(messages({ MAIL_CONTACT_URL: "portal" })).toEqual([
      "MAIL_CONTACT_URL",
      "API_CONTACT_KEY",
    ]);
    for (const url of ["ftp://x", "https://u:p@x", "https://x?a=b", "https://x#a", "//x"]) {
      expect(messages({ MAIL_CONTACT_URL: url, API_CONTACT_KEY: "k" })).toEqual([
        "MAIL_CONTACT_URL",
      ]);
    }
    expect(messages({ MAIL_CONTACT_URL: "https://x", API_CONTACT_KEY: "a\r\nb" })).toEqual([
      "API_CONTACT_KEY",
    ]);
  });
});
