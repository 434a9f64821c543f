/** Texts and the names of placeholders, in turns; begins and ends with a text. */
export type Template = readonly string[];

/** Reads `{{name}}` placeholders, each of which must be known; throws at the first that is not. */
export function parseTemplate(source: string, known: readonly string[]): Template {
  const template = source.split(/\{\{\s*([^{}]*?)\s*\}\}/);
  for (const [index, part] of template.entries()) {
    if (index % 2 === 0 && /\{\{|\}\}/.test(part)) {
      throw new Error("has {{ or }} outside a placeholder such as {{at}}");
    }
    if (index % 2 === 1 && !known.includes(part)) {
      throw new Error(`has {{${part}}}, but there are ${known.join(", ")}`);
    }
  }
  return template;
}

/**
 * Puts the values in, once: the content of a value is text, even if it looks like a placeholder.
 * `toMarkup` escapes a value for the text around it.
 */
export const fillTemplate = (template: Template, toMarkup: (name: string) => string): string =>
  template.map((part, index) => (index % 2 === 0 ? part : toMarkup(part))).join("");

/** Elements that end only at their own end tag: inside them an escaped value would not be read as text. */
const rawElement = /<(script|style|title|textarea|xmp|iframe|noscript)\b(?![\s\S]*<\/\1)/i;

/**
 * Throws where a placeholder of an HTML template stands inside a tag, a comment or a script: escaped
 * values are harmless between tags, and nowhere else for certain.
 */
export function checkPlaces(template: Template): void {
  for (let index = 1; index < template.length; index += 2) {
    const before = template.slice(0, index).join("");
    const isInTag = before.lastIndexOf("<") > before.lastIndexOf(">");
    const isInComment = before.lastIndexOf("<!--") > before.lastIndexOf("-->");
    if (isInTag || isInComment || rawElement.test(before)) {
      throw new Error(`has {{${template[index]}}} inside a tag, a comment or a script`);
    }
  }
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => entities[char] ?? "");

/**
 * Control characters, line and paragraph separators become a space, so that a name stays on its line;
 * characters that turn the reading direction are removed, so that a name cannot look like another.
 */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");

/** A plain text's paragraphs and lines as HTML; its placeholders stay. */
export function htmlFromText(source: string): string {
  const paragraphs = source.trim().split(/\n\s*\n/);
  return `${paragraphs.map((text) => `<p>${escapeHtml(text).replaceAll("\n", "<br>\n")}</p>`).join("\n")}\n`;
}
