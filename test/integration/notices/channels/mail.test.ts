import { afterEach, describe, expect, test } from "@jest/globals";
import type { MailSettings } from "../../../../lib/mail/mail-settings.ts";
import { mailSender, mailServer } from "../../../support/notices/mail-server.ts";
import { limitNotice } from "../../../support/notices/notices.ts";
import { stopServers } from "../../../support/servers/listening.ts";

afterEach(stopServers);

describe("a mail", () => {
  test("goes to the project's people with governance in Cc, over STARTTLS", async () => {
    const { delivered, send } = await mailServer();
    await send(limitNotice({ projectName: "Genetik <ä>" }));
    expect(delivered).toMatchObject([
      {
        isSecure: true,
        user: false,
        from: "credits@example.org",
        to: ["pi@example.org", "governance@example.org"],
        mail: {
          headers: {
            subject: ["50% Credits left for Project Genetik <ä>"],
            to: ["pi@example.org"],
            cc: ["governance@example.org"],
            "message-id": [`<${limitNotice().id}@example.org>`],
          },
          parts: {
            "text/plain": expect.stringContaining("Project Genetik <ä> has reached 50 %"),
            "text/html": expect.stringContaining("Project Genetik &lt;ä&gt; has reached 50 %"),
          },
        },
      },
    ]);
  });

  test("is all there, with lines of dots", async () => {
    const { delivered, port } = await mailServer();
    const text = ["before\n.\n..\n", "project_name", "\n.\nafter\n"];
    const change = (settings: MailSettings): MailSettings => {
      const own = { ...settings.templates["limit.reached"], text };
      return { ...settings, templates: { ...settings.templates, "limit.reached": own } };
    };
    await mailSender(port, {}, { change })();
    expect(delivered[0]?.mail.parts["text/plain"]).toBe("before\n.\n..\nC\n.\nafter\n");
  });

  test("is sent with TLS from the first byte on, where the port is for that", async () => {
    const { delivered, port } = await mailServer({ secure: true });
    const change = ({ server, ...settings }: MailSettings): MailSettings => ({
      ...settings,
      server: { ...server, tls: "at once" },
    });
    await mailSender(port, {}, { change })();
    expect(delivered[0]?.isSecure).toBe(true);
  });

  test("goes nowhere else with NOTIFICATION_TO_OVERWRITE", async () => {
    const { delivered, send } = await mailServer(
      {},
      { NOTIFICATION_TO_OVERWRITE: "test@example.org" },
    );
    await send();
    expect(delivered[0]?.to).toEqual(["test@example.org"]);
    expect(delivered[0]?.mail.headers["cc"]).toBeUndefined();
  });

  test("has the same id at every try", async () => {
    const { delivered, send } = await mailServer();
    await send();
    await send();
    const [first, second] = delivered.map(({ mail }) => mail.headers["message-id"]);
    expect(first).toEqual(second);
  });

  test("is sent in the clear with MAIL_NOT_STARTTLS", async () => {
    const { delivered, send } = await mailServer({}, { MAIL_NOT_STARTTLS: "1" });
    await send();
    expect(delivered[0]?.isSecure).toBe(false);
  });

  test("is sent by the user that logs in", async () => {
    const login = { MAIL_SMTP_USER: "os_credits", MAIL_SMTP_PASSWORD: "geheim" };
    const { delivered, send } = await mailServer({ authOptional: false }, login);
    await send();
    expect(delivered).toMatchObject([{ isSecure: true, user: "os_credits" }]);
  });
});
