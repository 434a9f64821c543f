import { createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { SMTPServerOptions } from "smtp-server";
import { DeliveryFailed, type RecipientOutcomes } from "../../../../lib/usecases/notices/notice.ts";
import { certificateFor } from "../../../support/notices/certificate.ts";
import { type Delivered, mailSender, mailServer } from "../../../support/notices/mail-server.ts";
import { limitNotice } from "../../../support/notices/notices.ts";
import { listen, stopServers } from "../../../support/servers/listening.ts";

afterEach(stopServers);

const refusing = (responseCode: number) => Object.assign(new Error("no"), { responseCode });

async function failure(sending: Promise<void> | undefined): Promise<DeliveryFailed> {
  const error = await sending?.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeliveryFailed);
  expect((error as Error).message).not.toContain("geheim");
  return error as DeliveryFailed;
}

describe("nothing is sent", () => {
  test("in the clear where STARTTLS is not offered", async () => {
    const login = { MAIL_SMTP_USER: "os_credits", MAIL_SMTP_PASSWORD: "geheim" };
    const { delivered, send } = await mailServer({ disabledCommands: ["STARTTLS"] }, login);
    expect((await failure(send())).about).toBe("receiver");
    expect(delivered).toEqual([]);
  });

  test("to a server with somebody else's certificate", async () => {
    const { delivered, port } = await mailServer();
    const send = mailSender(port, {}, { ca: certificateFor("localhost").cert });
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
    expect(await failure(send())).toMatchObject({
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

  /** Refuses addresses that begin like this with the code; one that is taken out is refused no more. */
  const refusingSome = (codes: Map<string, number>): SMTPServerOptions => ({
    onRcptTo: ({ address }, _session, done) => {
      const code = codes.get(address.slice(0, address.indexOf("@")));
      return code === undefined ? done() : done(refusing(code));
    },
  });
  const sentTo = (delivered: readonly Delivered[]) => delivered.map(({ to }) => to);

  test("one recipient for good has delivered the mail to the other", async () => {
    const { delivered, send } = await mailServer(refusingSome(new Map([["governance", 550]])));
    const outcomes: RecipientOutcomes = new Map();
    await send(limitNotice(), outcomes);
    await send(limitNotice(), outcomes);
    expect(sentTo(delivered)).toEqual([["pi@example.org"]]);
    expect([...outcomes]).toEqual([
      ["pi@example.org", "delivered"],
      ["governance@example.org", "refused"],
    ]);
  });

  test("one recipient for now gets it again, and nobody else does", async () => {
    const codes = new Map([["governance", 452]]);
    const { delivered, send } = await mailServer(refusingSome(codes));
    const outcomes: RecipientOutcomes = new Map();
    for (let tries = 1; tries <= 3; tries += 1) {
      // The server is alive: it has taken the mail before, so that others need not wait.
      expect(await failure(send(limitNotice(), outcomes))).toMatchObject({
        about: "notice",
        message: expect.stringContaining("452 no"),
      });
      expect(sentTo(delivered)).toEqual([["pi@example.org"]]);
    }
    codes.clear();
    await send(limitNotice(), outcomes);
    expect(sentTo(delivered)).toEqual([["pi@example.org"], ["governance@example.org"]]);
    expect(delivered[1]?.mail.headers).toMatchObject({
      to: ["pi@example.org"],
      cc: ["governance@example.org"],
      "message-id": delivered[0]?.mail.headers["message-id"],
    });
  });

  test("one for now and one for good has delivered the mail when it takes the first", async () => {
    const codes = new Map([
      ["pi", 452],
      ["governance", 550],
    ]);
    const { delivered, send } = await mailServer(refusingSome(codes));
    const outcomes: RecipientOutcomes = new Map();
    await failure(send(limitNotice(), outcomes));
    expect([...outcomes]).toEqual([]);
    codes.delete("pi");
    await send(limitNotice(), outcomes);
    await send(limitNotice(), outcomes);
    expect(sentTo(delivered)).toEqual([["pi@example.org"]]);
  });

  test("the last one for good that it refused for now has ended the delivery", async () => {
    const codes = new Map([["governance", 452]]);
    const { delivered, send } = await mailServer(refusingSome(codes));
    const outcomes: RecipientOutcomes = new Map();
    await failure(send(limitNotice(), outcomes));
    codes.set("governance", 550);
    await send(limitNotice(), outcomes);
    expect(sentTo(delivered)).toEqual([["pi@example.org"]]);
    expect(outcomes.get("governance@example.org")).toBe("refused");
  });

  test("what is sent again, while it is away, fails the receiver", async () => {
    const { send } = await mailServer({
      onMailFrom: (_address, _session, done) => done(refusing(451)),
    });
    const outcomes: RecipientOutcomes = new Map([["pi@example.org", "delivered"]]);
    expect((await failure(send(limitNotice(), outcomes))).about).toBe("receiver");
  });
});

describe("a server fails that", () => {
  const timeoutMs = 600;
  /** Far from the time limit, so that a busy machine does not matter, and from nodemailer's own 30 s. */
  const soonMs = 10_000;
  const tcp = async (server: Server) => mailSender(await listen(server));
  const impatient = async (server: Server) => mailSender(await listen(server), {}, { timeoutMs });

  test("never greets", async () => {
    const send = await impatient(createTcpServer(() => {}));
    const before = performance.now();
    expect((await failure(send())).about).toBe("receiver");
    expect(performance.now() - before).toBeLessThan(soonMs);
  });

  test("says a line now and then, but never comes to an end", async () => {
    const send = await impatient(
      createTcpServer((socket) => {
        const drip = setInterval(() => socket.write("220-wait\r\n"), 50);
        socket.once("close", () => clearInterval(drip));
      }),
    );
    const before = performance.now();
    expect((await failure(send())).about).toBe("receiver");
    expect(performance.now() - before).toBeLessThan(soonMs);
  });

  test("takes the mail and never says so", async () => {
    const { port } = await mailServer({ onData: (stream) => void stream.resume() });
    const send = mailSender(port, {}, { timeoutMs });
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
    expect(await failure(send())).toMatchObject({
      about: "receiver",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("has a name that does not resolve", async () => {
    const send = mailSender(25, { MAIL_SMTP_SERVER: "smtp.invalid" }, { timeoutMs });
    expect((await failure(send())).about).toBe("receiver");
  });
});
