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

/** Reads a variable; undefined where it is empty or not set. */
type ReadVariable = (name: string) => string | undefined;

/**
 * Reads the mail settings of the service before this one, `MAIL_RECIPIENTS` and `MAIL_TEMPLATES`;
 * undefined without `MAIL_SMTP_SERVER`: nothing is mailed. Throws every fault at once.
 */
export function readMailSettings(read: ReadVariable): MailSettings | undefined {
  const host = read("MAIL_SMTP_SERVER");
  if (host === undefined) return undefined;
  const faults: string[] = [];
  const settings = {
    server: readServer(host, read, faults),
    from: readSender(read, faults),
    recipients: readRecipients(read, faults),
    templates: named("MAIL_TEMPLATES", faults, (own) =>
      readMailTemplates(read("MAIL_TEMPLATES"), own),
    ),
  };
  if (faults.length > 0) throw new AggregateError(faults.map((fault) => new Error(fault)));
  return settings;
}

/** Puts the variable's name in front of the faults that are found. */
function named<T>(name: string, faults: string[], parse: (own: string[]) => T): T {
  const own: string[] = [];
  const parsed = parse(own);
  faults.push(...own.map((fault) => `${name}: ${fault}`));
  return parsed;
}

function readServer(host: string, read: ReadVariable, faults: string[]): SmtpServer {
  if (!/^[\w.:-]+$/.test(host)) faults.push("MAIL_SMTP_SERVER must be a name or an address");
  const port = Number(read("MAIL_SMTP_PORT") ?? 25);
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    faults.push("MAIL_SMTP_PORT must be a whole number from 1 to 65535");
  }
  const [user, pass] = [read("MAIL_SMTP_USER"), read("MAIL_SMTP_PASSWORD")];
  if ((user === undefined) !== (pass === undefined)) {
    faults.push("MAIL_SMTP_USER and MAIL_SMTP_PASSWORD must be set both, or neither");
  }
  const isWithoutStarttls = readSwitch("MAIL_NOT_STARTTLS", read, faults);
  const login = user === undefined || pass === undefined ? undefined : { user, pass };
  // Where TLS is the first that is spoken there is no STARTTLS to leave out.
  const tls = port === 465 ? "at once" : isWithoutStarttls ? "never" : "by STARTTLS";
  return { host, port, tls, login };
}

function readSwitch(name: string, read: ReadVariable, faults: string[]): boolean {
  const value = (read(name) ?? "false").toLowerCase();
  if (["1", "true", "yes"].includes(value)) return true;
  if (!["0", "false", "no"].includes(value)) faults.push(`${name} must be true or false`);
  return false;
}

function readSender(read: ReadVariable, faults: string[]): string {
  const from = read("MAIL_FROM");
  if (from === undefined) faults.push("MAIL_FROM is not set, but MAIL_SMTP_SERVER is");
  else if (!isAddress(from))
    faults.push("MAIL_FROM must be an address such as credits@example.org");
  return from ?? "";
}

function readRecipients(read: ReadVariable, faults: string[]): RecipientsByType {
  const recipients = recipientsByType(
    named("MAIL_RECIPIENTS", faults, (own) =>
      parseRecipientLists(read("MAIL_RECIPIENTS") ?? "{}", own),
    ),
    readAddresses("CLOUD_GOVERNANCE_MAIL", read, faults),
    readAddresses("NOTIFICATION_TO_OVERWRITE", read, faults),
  );
  if (recipients.size === 0) {
    faults.push(
      "CLOUD_GOVERNANCE_MAIL and MAIL_RECIPIENTS name nobody, but MAIL_SMTP_SERVER is set",
    );
  }
  return recipients;
}

function readAddresses(name: string, read: ReadVariable, faults: string[]): readonly string[] {
  const addresses = (read(name) ?? "").split(/[\s,;]+/).filter(Boolean);
  if (!addresses.every(isAddress)) faults.push(`${name} must be addresses, a comma between two`);
  return addresses;
}
