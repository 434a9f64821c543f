import type { ConnectionOptions } from "node:tls";
import { promisify } from "node:util";
import SMTPConnection, { type SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { Mail } from "./compose-mail.ts";
import type { SmtpServer } from "./mail-settings.ts";

export interface SendLimits {
  /** From the resolution of the name to the server's last reply. */
  readonly timeoutMs: number;
  /** More options of the TLS connection; tests trust their own certificate by them. */
  readonly tls: ConnectionOptions;
}

/**
 * Sends one mail on a connection of its own: a kept one would not survive that the function is frozen
 * in between. Resolves when at least one recipient was accepted. This is nodemailer's SMTPConnection
 * and not a transport of `createTransport`: a transport skips the login where the server offers none,
 * and puts pools, proxies and OAuth into the bundle.
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
  await promisify(connection.connect.bind(connection))();
  if (login !== undefined) await promisify(connection.login.bind(connection))(login);
  const envelope = { from: mail.from, to: [...mail.to], size: mail.message.length };
  const info = await promisify(connection.send.bind(connection))(envelope, mail.message);
  connection.quit();
  return info;
}
