import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { throwFaults } from "../config.ts";
import { type NoticeType, noticeTypes } from "../usecases/notices/notice.ts";
import { defaultTemplates } from "./default-templates.ts";
import { listPlaceholder, placeholders } from "./notice-values.ts";
import { checkPlaces, htmlFromText, parseTemplate, type Template } from "./template.ts";

export interface MailTemplate {
  readonly subject: Template;
  readonly text: Template;
  readonly html: Template;
}

export type MailTemplates = Readonly<Record<NoticeType, MailTemplate>>;

const kinds = ["subject", "txt", "html"] as const;
const fileNames = noticeTypes.flatMap((type) => kinds.map((kind) => `${type}.${kind}`));

/**
 * The templates of every type. A folder's files replace the ones that are built in, each by itself:
 * `limit.reached.subject`, `.txt`, `.html`; without `.html` the HTML is made of the text. Throws every
 * fault of them at once, each with the file's name.
 */
export function readMailTemplates(folder: string | undefined): MailTemplates {
  const faults: Error[] = [];
  const files = folder === undefined ? new Map<string, string>() : readFolder(folder, faults);
  const templates = noticeTypes.map((type) => [type, templateOf(type, files, faults)] as const);
  throwFaults(faults);
  return Object.fromEntries(templates) as Record<NoticeType, MailTemplate>;
}

function readFolder(folder: string, faults: Error[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  try {
    for (const name of readdirSync(folder).filter((name) => !name.startsWith("."))) {
      if (fileNames.includes(name)) files.set(name, readFileSync(join(folder, name), "utf8"));
      else faults.push(new Error(`${name} is none of ${fileNames.join(", ")}`));
    }
  } catch (cause) {
    faults.push(new Error(`cannot be read: ${(cause as Error).message}`, { cause }));
  }
  return files;
}

function templateOf(
  type: NoticeType,
  files: ReadonlyMap<string, string>,
  faults: Error[],
): MailTemplate {
  const parse = (kind: (typeof kinds)[number], preset: string): Template => {
    const name = `${type}.${kind}`;
    const known = placeholders[type].filter((one) => kind !== "subject" || one !== listPlaceholder);
    try {
      const template = parseTemplate((files.get(name) ?? preset).replaceAll("\r\n", "\n"), known);
      if (kind === "html") checkPlaces(template);
      return template;
    } catch (cause) {
      faults.push(new Error(`${name} ${(cause as Error).message}`, { cause }));
      return [];
    }
  };
  const { subject, text } = defaultTemplates[type];
  return {
    subject: parse("subject", subject),
    text: parse("txt", text),
    html: parse("html", htmlFromText(files.get(`${type}.txt`) ?? text)),
  };
}
