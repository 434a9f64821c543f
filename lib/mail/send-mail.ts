import type { ConnectionOptions } from "node:tls";
import SMTPConnection, { type SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { Mail } from "./compose-mail.ts";
import type { SmtpServer } from "./mail-settings.ts";

export interface SendLimits {
  /** From the resolution of the name to the server's last word. */
  readonly timeoutMs: number;
  /** More for the TLS connection; tests trust their own certificate by it. */
  readonly tls: ConnectionOptions;
}

/**
 * Sends one mail on a connection of its own: a kept one would not survive that the function is frozen
 * in between. Resolves when at least one recipient was taken.
 */
export async function sendMail(
  server: SmtpServer,
  mail: Mail,
  { timeoutMs, tls }: SendLimits,
): Promise<SMTPConnectionSendInfo> {
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.tls === "at once",
    requireTLS: server.tls === "by STARTTLS",
    ignoreTLS: server.tls === "never",
    tls,
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  let timer: NodeJS.Timeout | undefined;
  const broken = new Promise<never>((_resolve, reject) => {
    connection.on("error", reject);
    connection.on("end", () => reject(new Error("the connection was closed")));
    timer = setTimeout(() => reject(new Error(`not sent within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([deliver(connection, server, mail), broken]);
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

async function deliver(connection: SMTPConnection, { login }: SmtpServer, mail: Mail) {
  await called((done) => connection.connect(done));
  if (login !== undefined) await called((done) => connection.login(login, done));
  const envelope = { from: mail.from, to: [...mail.to], size: mail.message.length };
  const info = await called<SMTPConnectionSendInfo>((done) =>
    connection.send(envelope, mail.message, done),
  );
  connection.quit();
  return info;
}

type Done<T> = (error?: Error | null, result?: T) => void;

/** What a function calls back with, as a promise. */
const called = <T = unknown>(call: (done: Done<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result as T)));
  });
