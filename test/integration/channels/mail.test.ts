import { createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { mailChannels } from "../../../lib/mail/mail-channel.ts";
import { type MailSettings, readMailSettings } from "../../../lib/mail/mail-settings.ts";
import { DeliveryFailed } from "../../../lib/usecases/notice.ts";
import { certificateFor } from "../../support/certificate.ts";
import { listen, stopServers } from "../../support/listening.ts";
import { limitNotice } from "../../support/notices.ts";
import { type ReadMail, readMail } from "../../support/read-mail.ts";

const certificate = certificateFor("localhost");

afterEach(stopServers);

interface Delivered {
  readonly isSecure: boolean;
  readonly user: string | false;
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: ReadMail;
}

interface Refusal {
  readonly about: DeliveryFailed["about"];
  readonly message: string;
}

type Variables = Readonly<Record<string, string>>;

/** The channel to a server on that port. */
function sender(
  port: number,
  variables: Variables = {},
  { ca = certificate.cert, change = (settings: MailSettings) => settings } = {},
) {
  const all: Variables = {
    MAIL_SMTP_SERVER: "localhost",
    MAIL_SMTP_PORT: String(port),
    MAIL_FROM: "credits@example.org",
    MAIL_RECIPIENTS: '{"projects":["pi@example.org"]}',
    CLOUD_GOVERNANCE_MAIL: "governance@example.org",
    ...variables,
  };
  const settings = readMailSettings((name) => all[name]);
  const [channel] = mailChannels(settings && change(settings), { timeoutMs: 600, tls: { ca } });
  return (notice = limitNotice()) => channel?.send(notice);
}

/** A mail server, what it has taken, and the channel to it. */
async function mailServer(options: SMTPServerOptions = {}, variables: Variables = {}) {
  const delivered: Delivered[] = [];
  const server = new SMTPServer({
    ...certificate,
    authOptional: true,
    onAuth: ({ username, password }, _session, done) =>
      password === "geheim" ? done(null, { user: username }) : done(new Error("wrong password")),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        delivered.push({
          isSecure: session.secure,
          user: session.user as string | false,
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          mail: readMail(Buffer.concat(chunks)),
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  const port = await listen(server.server);
  return { delivered, port, send: sender(port, variables) };
}

const refusing = (responseCode: number) => Object.assign(new Error("no"), { responseCode });

async function failure(sending: Promise<void> | undefined): Promise<Refusal> {
  const error = await sending?.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeliveryFailed);
  const { about, message } = error as DeliveryFailed;
  expect(message).not.toContain("geheim");
  return { about, message };
}

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
            "text/plain": expect.stringContaining("Project Genetik <ä> has used 50 %"),
            "text/html": expect.stringContaining("Project Genetik &lt;ä&gt; has used 50 %"),
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
    await sender(port, {}, { change })();
    expect(delivered[0]?.mail.parts["text/plain"]).toBe("before\n.\n..\nC\n.\nafter\n");
  });

  test("is sent with TLS from the first byte on, where the port is for that", async () => {
    const { delivered, port } = await mailServer({ secure: true });
    const change = ({ server, ...settings }: MailSettings): MailSettings => ({
      ...settings,
      server: { ...server, tls: "at once" },
    });
    await sender(port, {}, { change })();
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

describe("nothing is sent", () => {
  test("in the clear where STARTTLS is not offered", async () => {
    const login = { MAIL_SMTP_USER: "os_credits", MAIL_SMTP_PASSWORD: "geheim" };
    const { delivered, send } = await mailServer({ disabledCommands: ["STARTTLS"] }, login);
    expect((await failure(send())).about).toBe("receiver");
    expect(delivered).toEqual([]);
  });

  test("to a server with somebody else's certificate", async () => {
    const { delivered, port } = await mailServer();
    const send = sender(port, {}, { ca: certificateFor("localhost").cert });
    expect((await failure(send())).about).toBe("receiver");
    expect(delivered).toEqual([]);
  });

  test("with a wrong password", async () => {
    const login = { MAIL_SMTP_USER: "u", MAIL_SMTP_PASSWORD: "geheimer" };
    const { delivered, send } = await mailServer({ authOptional: false }, login);
    const { about, message } = await failure(send());
    expect([about, message]).toEqual(["receiver", expect.stringContaining("535")]);
    expect(delivered).toEqual([]);
  });
});

describe("a server that refuses", () => {
  test.each([
    [550, "notice"],
    [450, "receiver"],
  ])("every recipient with %d fails the %s", async (code, about) => {
    const { send } = await mailServer({
      onRcptTo: (_address, _session, done) => done(refusing(code)),
    });
    expect(await failure(send())).toEqual({
      about,
      message: expect.stringContaining(`${code} no`),
    });
  });

  test.each([
    [550, "receiver"],
    [451, "receiver"],
  ])("the sender with %d fails the %s", async (code, about) => {
    const { send } = await mailServer({
      onMailFrom: (_address, _session, done) => done(refusing(code)),
    });
    expect((await failure(send())).about).toBe(about);
  });

  test.each([
    [554, "notice"],
    [452, "receiver"],
  ])("the content with %d fails the %s", async (code, about) => {
    const { send } = await mailServer({
      onData: (stream, _session, done) => {
        stream.resume().on("end", () => done(refusing(code)));
      },
    });
    expect((await failure(send())).about).toBe(about);
  });

  test("so large a mail fails the notice", async () => {
    const { send } = await mailServer({ size: 100 });
    expect((await failure(send())).about).toBe("notice");
  });

  const refusingGovernance = (code: number): SMTPServerOptions => ({
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith("governance") ? done(refusing(code)) : done(),
  });

  test("one recipient for good has delivered the mail to the other", async () => {
    const { delivered, send } = await mailServer(refusingGovernance(550));
    await send();
    expect(delivered[0]?.to).toEqual(["pi@example.org"]);
  });

  test("one recipient for now gets it again", async () => {
    const { send } = await mailServer(refusingGovernance(450));
    expect((await failure(send())).about).toBe("notice");
  });
});

describe("a server fails that", () => {
  const tcp = async (server: Server) => sender(await listen(server));

  test("never greets", async () => {
    const send = await tcp(createTcpServer(() => {}));
    const before = performance.now();
    expect((await failure(send())).about).toBe("receiver");
    expect(performance.now() - before).toBeLessThan(1_500);
  });

  test("says a line now and then, but never comes to an end", async () => {
    const send = await tcp(
      createTcpServer((socket) => {
        const drip = setInterval(() => socket.write("220-wait\r\n"), 50);
        socket.once("close", () => clearInterval(drip));
      }),
    );
    const before = performance.now();
    expect((await failure(send())).about).toBe("receiver");
    expect(performance.now() - before).toBeLessThan(1_500);
  });

  test("takes the mail and never says so", async () => {
    const { send } = await mailServer({ onData: (stream) => void stream.resume() });
    expect((await failure(send())).message).toContain("not sent within 600 ms");
  });

  test("resets the connection", async () => {
    const send = await tcp(createTcpServer((socket) => socket.resetAndDestroy()));
    expect((await failure(send())).about).toBe("receiver");
  });

  test("closes the connection", async () => {
    const send = await tcp(createTcpServer((socket) => socket.end("220 bye\r\n")));
    expect((await failure(send())).about).toBe("receiver");
  });

  test("speaks something else", async () => {
    const send = await tcp(
      createTcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    expect((await failure(send())).about).toBe("receiver");
  });

  test("is not there", async () => {
    const send = await tcp(createTcpServer());
    await stopServers();
    expect(await failure(send())).toEqual({
      about: "receiver",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("has a name that does not resolve", async () => {
    const send = sender(25, { MAIL_SMTP_SERVER: "smtp.invalid" });
    expect((await failure(send())).about).toBe("receiver");
  });
});
