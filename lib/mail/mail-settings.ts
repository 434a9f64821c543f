import { named, type ReadVariable, readAll, text, wholeNumber } from "../config.ts";
import { type MailTemplates, readMailTemplates } from "./mail-templates.ts";
import {
  isAddress,
  parseRecipientLists,
  type RecipientsByType,
  recipientsByType,
} from "./recipients.ts";

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** When TLS begins; `never` sends everything, the password included, in the clear. */
  readonly tls: "at once" | "by STARTTLS" | "never";
  readonly login: { readonly user: string; readonly pass: string } | undefined;
}

export interface MailSettings {
  readonly server: SmtpServer;
  readonly from: string;
  readonly recipients: RecipientsByType;
  readonly templates: MailTemplates;
}

/**
 * Reads the mail settings of the service before this one, `MAIL_RECIPIENTS` and `MAIL_TEMPLATES`;
 * undefined without `MAIL_SMTP_SERVER`: nothing is mailed. Throws every fault at once.
 */
export function readMailSettings(read: ReadVariable): MailSettings | undefined {
  if (text(read, "MAIL_SMTP_SERVER") === undefined) return undefined;
  return readAll(
    {
      server: readServer,
      from: readSender,
      recipients: readRecipients,
      templates: () =>
        named("MAIL_TEMPLATES", () => readMailTemplates(text(read, "MAIL_TEMPLATES"))),
    },
    read,
  );
}

function readServer(read: ReadVariable): SmtpServer {
  const { isWithoutStarttls, ...server } = readAll(
    {
      host: readHost,
      port: () => wholeNumber(read, "MAIL_SMTP_PORT", { preset: 25, min: 1, max: 65_535 }),
      login: readLogin,
      isWithoutStarttls: () => readSwitch(read, "MAIL_NOT_STARTTLS"),
    },
    read,
  );
  // Where TLS is the first that is spoken there is no STARTTLS to leave out.
  const tls = server.port === 465 ? "at once" : isWithoutStarttls ? "never" : "by STARTTLS";
  return { ...server, tls };
}

function readHost(read: ReadVariable): string {
  const host = text(read, "MAIL_SMTP_SERVER") ?? "";
  if (/^[\w.:-]+$/.test(host)) return host;
  throw new Error("MAIL_SMTP_SERVER must be a name or an address");
}

function readLogin(read: ReadVariable): SmtpServer["login"] {
  const [user, pass] = [text(read, "MAIL_SMTP_USER"), text(read, "MAIL_SMTP_PASSWORD")];
  if (user !== undefined && pass !== undefined) return { user, pass };
  if (user === undefined && pass === undefined) return undefined;
  throw new Error("MAIL_SMTP_USER and MAIL_SMTP_PASSWORD must be set both, or neither");
}

function readSwitch(read: ReadVariable, name: string): boolean {
  const value = (text(read, name) ?? "false").toLowerCase();
  if (["1", "true", "yes"].includes(value)) return true;
  if (["0", "false", "no"].includes(value)) return false;
  throw new Error(`${name} must be true or false`);
}

function readSender(read: ReadVariable): string {
  const from = text(read, "MAIL_FROM");
  if (from === undefined) throw new Error("MAIL_FROM is not set, but MAIL_SMTP_SERVER is");
  if (isAddress(from)) return from;
  throw new Error("MAIL_FROM must be an address such as credits@example.org");
}

function readRecipients(read: ReadVariable): RecipientsByType {
  const { lists, governance, overwrite } = readAll(
    {
      lists: () =>
        named("MAIL_RECIPIENTS", () => parseRecipientLists(text(read, "MAIL_RECIPIENTS") ?? "{}")),
      governance: () => readAddresses(read, "CLOUD_GOVERNANCE_MAIL"),
      overwrite: () => readAddresses(read, "NOTIFICATION_TO_OVERWRITE"),
    },
    read,
  );
  const recipients = recipientsByType(lists, governance, overwrite);
  if (recipients.size > 0) return recipients;
  throw new Error(
    "CLOUD_GOVERNANCE_MAIL and MAIL_RECIPIENTS name nobody, but MAIL_SMTP_SERVER is set",
  );
}

function readAddresses(read: ReadVariable, name: string): readonly string[] {
  const addresses = (text(read, name) ?? "").split(/[\s,;]+/).filter(Boolean);
  if (addresses.every(isAddress)) return addresses;
  throw new Error(`${name} must be addresses, a comma between two`);
}
