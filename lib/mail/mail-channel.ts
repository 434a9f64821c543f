import type { NodemailerError } from "nodemailer/lib/errors";
import type { ReadVariable } from "../config.ts";
import { type Channel, DeliveryFailed, type Notice } from "../usecases/notices/notice.ts";
import { composeMail } from "./compose-mail.ts";
import { type MailSettings, readMailSettings } from "./mail-settings.ts";
import { type SendLimits, sendMail } from "./send-mail.ts";
import { oneLine } from "./template.ts";

/** The channel of the mail settings in the environment. */
export const readMailChannels = (read: ReadVariable): readonly Channel[] =>
  mailChannels(readMailSettings(read));

/** The channel of e-mail over SMTP; none without settings. */
export function mailChannels(
  settings: MailSettings | undefined,
  limits: SendLimits = { timeoutMs: 10_000, tls: {} },
): readonly Channel[] {
  if (settings === undefined) return [];
  return [
    {
      name: "mail",
      takes: ({ type }) => settings.recipients.has(type),
      send: (notice) => send(settings, notice, limits),
    },
  ];
}

async function send(settings: MailSettings, notice: Notice, limits: SendLimits): Promise<void> {
  const recipients = settings.recipients.get(notice.type);
  if (recipients === undefined) {
    throw new DeliveryFailed("notice", `Nobody is mailed notices of type ${notice.type}`);
  }
  const mail = await composeMail(settings, recipients, notice);
  const { rejectedErrors = [] } = await sendMail(settings.server, mail, limits).catch((error) => {
    throw failureOf(error);
  });
  // A mail that some recipients have is sent again only where that may help the others: they may get it
  // twice, but never again and again because of an address that does not exist.
  const deferred = rejectedErrors.find(({ responseCode = 0 }) => responseCode < 500);
  if (deferred !== undefined) throw failureOf(deferred, "notice");
}

function failureOf(cause: NodemailerError, about = aboutOf(cause)): DeliveryFailed {
  const reason = oneLine(cause.message).slice(0, 300);
  return new DeliveryFailed(about, `The mail was not sent: ${reason}`, { cause });
}

/** Only where the server refuses its recipients or its content for good, this mail is at fault. */
function aboutOf({ code, command, responseCode = 0 }: NodemailerError): DeliveryFailed["about"] {
  const isTooLarge = code === "EMESSAGE" && responseCode === 0;
  const isRefused =
    responseCode >= 500 && (command === "RCPT TO" || command === "DATA" || code === "EMESSAGE");
  return isTooLarge || isRefused ? "notice" : "receiver";
}
