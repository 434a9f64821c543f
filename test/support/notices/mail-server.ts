import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { mailChannels } from "../../../lib/mail/mail-channel.ts";
import { type MailSettings, readMailSettings } from "../../../lib/mail/mail-settings.ts";
import type { RecipientOutcomes } from "../../../lib/usecases/notices/notice.ts";
import { type ReadMail, readMail } from "../../../localstack/demo/read-mail.ts";
import { listen } from "../servers/listening.ts";
import { certificateFor } from "./certificate.ts";
import { limitNotice } from "./notices.ts";

const certificate = certificateFor("localhost");

export interface Delivered {
  readonly isSecure: boolean;
  readonly user: string | false;
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: ReadMail;
}

type Variables = Readonly<Record<string, string>>;

/** Longer than any server here takes that answers at all, also on a busy machine. */
const answeredMsMax = 30_000;

/** The channel to a server on that port. */
export function mailSender(
  port: number,
  variables: Variables = {},
  {
    ca = certificate.cert,
    change = (settings: MailSettings) => settings,
    timeoutMs = answeredMsMax,
  } = {},
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
  const [channel] = mailChannels(settings && change(settings), { timeoutMs, tls: { ca } });
  return (notice = limitNotice(), recipients: RecipientOutcomes = new Map()) =>
    channel?.send(notice, recipients);
}

/** A mail server, what it has taken, and the channel to it. */
export async function mailServer(options: SMTPServerOptions = {}, variables: Variables = {}) {
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
  return { delivered, port, send: mailSender(port, variables) };
}
