import MailComposer from "nodemailer/lib/mail-composer";
import { encodeWord } from "nodemailer/lib/mime-funcs";
import type { Notice } from "../usecases/notices/notice.ts";
import type { MailSettings } from "./mail-settings.ts";
import { valuesOf } from "./notice-values.ts";
import type { Recipients } from "./recipients.ts";
import { escapeHtml, fillTemplate, oneLine } from "./template.ts";

export interface Mail {
  readonly from: string;
  /** Everybody whom it is sent to, those in Cc included; the headers name all recipients in any case. */
  readonly to: readonly string[];
  /** Headers and body as they are sent. */
  readonly message: Buffer;
}

/** The mail of a notice. Its Message-ID is the same at every try, so that readers see it once. */
export async function composeMail(
  { from, templates }: Pick<MailSettings, "from" | "templates">,
  { to, cc }: Recipients,
  notice: Notice,
): Promise<Mail> {
  const { subject, text, html } = templates[notice.type];
  const values = valuesOf(notice);
  const linesOf = (name: string) => [values[name] ?? ""].flat().map(oneLine);
  const asText = (name: string) => linesOf(name).join("\n");
  const asHtml = (name: string) => linesOf(name).map(escapeHtml).join("<br>\n");
  const composer = new MailComposer({
    from: mailbox(from),
    to: to.map(mailbox),
    cc: cc.map(mailbox),
    // A paragraph of a placeholder without a value is left out.
    text: fillTemplate(text, asText).replace(/\n{3,}/g, "\n\n"),
    html: fillTemplate(html, asHtml).replaceAll("<p></p>\n", ""),
    messageId: `<${notice.id}@${from.slice(from.indexOf("@") + 1)}>`,
    date: new Date(notice.atMs),
    headers: {
      Subject: subjectHeader(oneLine(fillTemplate(subject, asText)).trim()),
      "Auto-Submitted": "auto-generated",
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { from, to: [...to, ...cc], message: await composer.compile().build() };
}

/**
 * nodemailer leaves a plain `=?utf-8?q?=0A?=` as it is, and a reader would decode it to the line break
 * that was removed from the name before: a subject that may hold such a word is encoded as a whole.
 */
const subjectHeader = (subject: string) =>
  subject.includes("=?")
    ? { prepared: true, foldLines: true, value: encodeWord(subject, "B", 52) }
    : subject;

/** nodemailer takes an object as it is, and would parse a text. */
const mailbox = (address: string) => ({ name: "", address });
