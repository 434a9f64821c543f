import type { Assets } from "./assets.ts";
import { html } from "./html.ts";
import { documentOf } from "./shell.ts";
import { type Language, words } from "./words/languages.ts";

/** Why a page cannot be shown, and what helps; `detail` is the API's own sentence. */
export function problemDocument(
  { code, detail }: { readonly code: string; readonly detail: string },
  language: Language,
  assets: Assets,
): string {
  const { refusals } = words[language];
  const known = refusals[code];
  const { title, advice } = known ?? refusals.other;
  const reason = known === undefined && html`<p lang="en">${detail}</p>`;
  const body = html`<header><h1>${title}</h1></header>
<p>${advice}</p>${reason}`;
  return documentOf({ title, language, body }, assets);
}
