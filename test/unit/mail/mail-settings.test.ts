import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { composeMail } from "../../../lib/mail/compose-mail.ts";
import { mailChannels } from "../../../lib/mail/mail-channel.ts";
import { readMailSettings } from "../../../lib/mail/mail-settings.ts";
import { isAddress } from "../../../lib/mail/recipients.ts";
import { noticeTypes } from "../../../lib/usecases/notices/notice.ts";
import { readMail } from "../../../localstack/demo/read-mail.ts";
import { limitNotice } from "../../support/notices/notices.ts";

const minimal = {
  MAIL_SMTP_SERVER: "smtp.example.org",
  MAIL_FROM: "credits@example.org",
  CLOUD_GOVERNANCE_MAIL: "governance@example.org",
};
type Variables = Readonly<Record<string, string>>;
const read = (variables: Variables) =>
  readMailSettings((name) => ({ ...minimal, ...variables })[name] || undefined);

function faults(variables: Variables): string[] {
  try {
    read(variables);
  } catch (error) {
    return (error as AggregateError).errors.map(({ message }) => message);
  }
  return [];
}

const recipients = (variables: Variables) => Object.fromEntries(read(variables)?.recipients ?? []);

test("without MAIL_SMTP_SERVER there is no channel, whatever else is set", () => {
  expect(mailChannels(read({ MAIL_SMTP_SERVER: "", MAIL_SMTP_PORT: "x" }))).toEqual([]);
});

describe("the server is the one of the service before:", () => {
  const server = (variables: Variables) => read(variables)?.server;

  test("port 25 with STARTTLS and without a login by default", () => {
    expect(server({})).toEqual({
      host: "smtp.example.org",
      port: 25,
      tls: "by STARTTLS",
      login: undefined,
    });
  });

  test("with user and password", () => {
    const login = { MAIL_SMTP_USER: "u", MAIL_SMTP_PASSWORD: "p", MAIL_SMTP_PORT: "587" };
    expect(server(login)).toMatchObject({ port: 587, login: { user: "u", pass: "p" } });
  });

  test.each([
    ["1", "25", "never"],
    ["True", "25", "never"],
    ["false", "25", "by STARTTLS"],
    ["0", "25", "by STARTTLS"],
    ["", "465", "at once"],
    ["1", "465", "at once"],
  ])("MAIL_NOT_STARTTLS=%s at port %s is TLS %s", (not, port, tls) => {
    expect(server({ MAIL_NOT_STARTTLS: not, MAIL_SMTP_PORT: port })?.tls).toBe(tls);
  });
});

describe("recipients:", () => {
  test("governance alone gets every type", () => {
    const everybody = { to: ["governance@example.org"], cc: [] };
    expect(recipients({})).toEqual(
      Object.fromEntries(noticeTypes.map((type) => [type, everybody])),
    );
  });

  test("governance is in Cc where there are others, and nobody is named twice", () => {
    const MAIL_RECIPIENTS = JSON.stringify({
      projects: ["pi@example.org"],
      operators: ["ops@example.org", "governance@example.org"],
      "budget.ending": ["forecast@example.org"],
    });
    expect(recipients({ MAIL_RECIPIENTS })).toMatchObject({
      "limit.reached": { to: ["pi@example.org"], cc: ["governance@example.org"] },
      "budget.ending": { to: ["forecast@example.org"], cc: ["governance@example.org"] },
      "site.silent": { to: ["ops@example.org", "governance@example.org"], cc: [] },
    });
  });

  test("an empty list switches a group or a type off, and the channel takes none of them", () => {
    const variables = { MAIL_RECIPIENTS: '{"operators":[],"budget.ending":[]}' };
    expect(Object.keys(recipients(variables))).toEqual(["limit.reached"]);
    const [channel] = mailChannels(read(variables));
    expect(channel?.takes(limitNotice())).toBe(true);
    expect(channel?.takes({ ...limitNotice(), type: "budget.ending" } as never)).toBe(false);
  });

  test("NOTIFICATION_TO_OVERWRITE replaces all of them, Cc included", () => {
    const variables = {
      MAIL_RECIPIENTS: '{"projects":["pi@example.org"],"series.silent":[]}',
      NOTIFICATION_TO_OVERWRITE: "test@example.org, test2@example.org",
    };
    const overwritten = { to: ["test@example.org", "test2@example.org"], cc: [] };
    expect(recipients(variables)).toEqual(
      Object.fromEntries(
        noticeTypes.filter((type) => type !== "series.silent").map((type) => [type, overwritten]),
      ),
    );
  });
});

test("all faults come at once, each with its variable", () => {
  const messages = faults({
    MAIL_SMTP_SERVER: "smtp example",
    MAIL_SMTP_PORT: "0",
    MAIL_SMTP_USER: "u",
    MAIL_NOT_STARTTLS: "perhaps",
    MAIL_FROM: "Credits <credits@example.org>",
    CLOUD_GOVERNANCE_MAIL: "governance",
    NOTIFICATION_TO_OVERWRITE: "a@b\u0000",
    MAIL_RECIPIENTS: '{"project":["a@example.org"],"operators":["a@example.org\\nBcc: b@c"]}',
    MAIL_TEMPLATES: "no/such/folder",
  });
  expect(messages.map((message) => message.split(/[ :]/)[0])).toEqual([
    "MAIL_SMTP_SERVER",
    "MAIL_SMTP_PORT",
    "MAIL_SMTP_USER",
    "MAIL_NOT_STARTTLS",
    "MAIL_FROM",
    "MAIL_RECIPIENTS",
    "MAIL_RECIPIENTS",
    "CLOUD_GOVERNANCE_MAIL",
    "NOTIFICATION_TO_OVERWRITE",
    "MAIL_TEMPLATES",
  ]);
});

test("a sender and somebody to mail are needed", () => {
  expect(faults({ MAIL_FROM: "", CLOUD_GOVERNANCE_MAIL: "" })).toEqual([
    "MAIL_FROM is not set, but MAIL_SMTP_SERVER is",
    "CLOUD_GOVERNANCE_MAIL and MAIL_RECIPIENTS name nobody, but MAIL_SMTP_SERVER is set",
  ]);
  expect(faults({ MAIL_RECIPIENTS: "[" })).toHaveLength(1);
});

test("no message holds the password", () => {
  const messages = faults({ MAIL_SMTP_PASSWORD: "geheim", MAIL_SMTP_PORT: "x" });
  expect(messages).toHaveLength(2);
  for (const message of messages) expect(message).not.toContain("geheim");
});

test.each(["a@example.org", "a.b+c@x", "o'brien@mail-1.example.org"])(
  "%p is an address",
  (text) => {
    expect(isAddress(text)).toBe(true);
  },
);

test.each([
  "",
  "a",
  "@b",
  "a@",
  "a b@c",
  "a@b c",
  "a@b\n",
  "a@b\r\nBcc: c@d",
  "<a@b>",
  "a@b>,<c@d",
  "a@b@c",
  "a,b@c",
  "a@b,c@d",
  '"a b"@c',
  "ä@b",
  "a@-b",
  `${"a".repeat(251)}@b.c`,
])("%p is no address", (text) => {
  expect(isAddress(text)).toBe(false);
});

describe("an operator's templates", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function folderOf(files: Variables): string {
    const folder = mkdtempSync(join(tmpdir(), "mail-templates-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }

  async function compose(files: Variables, projectName = "C") {
    const settings = read({ MAIL_TEMPLATES: folderOf(files) });
    if (settings === undefined) throw new Error("no settings");
    const recipients = { to: ["a@b"], cc: [] };
    const mail = await composeMail(settings, recipients, limitNotice({ projectName }));
    const { headers, parts } = readMail(mail.message);
    return [headers["subject"]?.[0], parts["text/plain"], parts["text/html"]];
  }

  test("replace subject, text and HTML, each by itself", async () => {
    const files = {
      "limit.reached.subject": "Achtung, {{project_name}}!\n",
      "limit.reached.txt": "Noch {{credits_left}} für {{project_name}}\r\n.\r\n",
      "limit.reached.html": "<h1>{{project_name}}</h1>\n",
      ".keep": "",
    };
    expect(await compose(files, "<b>")).toEqual([
      "Achtung, <b>!",
      "Noch 50.0 für <b>\n.\n",
      "<h1>&lt;b&gt;</h1>\n",
    ]);
  });

  test("without an HTML template it is made of their text", async () => {
    const [subject, text, html] = await compose({ "limit.reached.txt": "Nur {{id}} < {{at}}\n" });
    expect(subject).toBe("50% Credits left for Project C");
    expect(text).toMatch(/^Nur 0b6f/);
    expect(html).toMatch(/^<p>Nur 0b6f.* &lt; 2026-11-23 02:43 UTC<\/p>\n$/);
  });

  test("all faults come at once, each with its file", () => {
    const folder = folderOf({
      "limit.reached.subject": "{{project}}",
      "budget.ending.txt": "{{threshold}}",
      "series.silent.subject": "{{series}}",
      "site.silent.html": '<a href="{{site}}">x</a>',
      "limits.reached.txt": "",
    });
    const messages = faults({ MAIL_TEMPLATES: folder });
    expect(messages.map((message) => message.split(" ").slice(0, 2).join(" ")).sort()).toEqual([
      "MAIL_TEMPLATES: budget.ending.html",
      "MAIL_TEMPLATES: budget.ending.txt",
      "MAIL_TEMPLATES: limit.reached.subject",
      "MAIL_TEMPLATES: limits.reached.txt",
      "MAIL_TEMPLATES: series.silent.subject",
      "MAIL_TEMPLATES: site.silent.html",
    ]);
    expect(messages.join()).toContain("project_name");
  });
});
