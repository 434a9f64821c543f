import type { NodemailerError } from "nodemailer/lib/errors";
import type { ReadVariable } from "../config.ts";
import {
  type Channel,
  DeliveryFailed,
  type Notice,
  type RecipientOutcomes,
} from "../usecases/notices/notice.ts";
import { composeMail, type Mail } from "./compose-mail.ts";
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
      send: (notice, outcomes) => send(settings, notice, outcomes, limits),
    },
  ];
}

/** Sends the mail to those of its recipients only who have not got it, and were not refused it for good. */
async function send(
  settings: MailSettings,
  notice: Notice,
  outcomes: RecipientOutcomes,
  limits: SendLimits,
): Promise<void> {
  const recipients = settings.recipients.get(notice.type);
  if (recipients === undefined) {
    throw new DeliveryFailed("notice", `Nobody is mailed notices of type ${notice.type}`);
  }
  const mail = await composeMail(settings, recipients, notice);
  const due = mail.to.filter((address) => !outcomes.has(address));
  if (due.length === 0) return;
  const rejected = await rejectionsOf({ ...mail, to: due }, settings, outcomes, limits);
  for (const address of due) {
    const responseCode = rejected.get(address)?.responseCode;
    if (!rejected.has(address)) outcomes.set(address, "delivered");
    else if (isForGood(responseCode)) outcomes.set(address, "refused");
  }
  const deferred = [...rejected.values()].find((error) => !isForGood(error.responseCode));
  if (deferred !== undefined) throw failureOf(deferred, "notice");
}

/** The recipients that the server refuses. Throws where none has got the mail, now or before. */
async function rejectionsOf(
  mail: Mail,
  { server }: MailSettings,
  outcomes: RecipientOutcomes,
  limits: SendLimits,
): Promise<ReadonlyMap<string, NodemailerError>> {
  const byRecipient = (errors: readonly NodemailerError[] = []) =>
    new Map(errors.map((error) => [error.recipient ?? "", error]));
  try {
    return byRecipient((await sendMail(server, mail, limits)).rejectedErrors);
  } catch (error) {
    const { rejectedErrors } = error as NodemailerError;
    // The server has taken the mail before, for others: it is alive, and the addresses are at fault.
    if (outcomes.size > 0 && rejectedErrors !== undefined) return byRecipient(rejectedErrors);
    throw failureOf(error as NodemailerError);
  }
}

const isForGood = (responseCode = 0): boolean => responseCode >= 500;

function failureOf(cause: NodemailerError, about = aboutOf(cause)): DeliveryFailed {
  const reason = oneLine(cause.message).slice(0, 300);
  return new DeliveryFailed(about, `The mail was not sent: ${reason}`, { cause });
}

/** Only where the server refuses its recipients or its content for good, this mail is at fault. */
function aboutOf({ code, command, responseCode = 0 }: NodemailerError): DeliveryFailed["about"] {
  const isTooLarge = code === "EMESSAGE" && responseCode === 0;
  const isRefused =
    isForGood(responseCode) && (command === "RCPT TO" || command === "DATA" || code === "EMESSAGE");
  return isTooLarge || isRefused ? "notice" : "receiver";
}
