import type { Assets } from "./assets.ts";
import { html } from "./html.ts";
import { documentOf } from "./shell.ts";
import { type Language, words } from "./words/languages.ts";
import type { Words } from "./words/words.ts";

export interface RefusedPage {
  readonly code: string;
  /** The API's own sentence. */
  readonly detail: string;
  /** The path of the page that was asked for. */
  readonly path: string;
}

/** What a key opens, whoever has one may open here. */
const opensByKey = ["key-missing", "key-unknown", "link-invalid", "link-expired"];

/** Why a page cannot be shown, and what helps. */
export function problemDocument(
  { code, detail, path }: RefusedPage,
  language: Language,
  assets: Assets,
): string {
  const { refusals, ...own } = words[language];
  const known = refusals[code];
  const { title, advice } = known ?? refusals.other;
  const reason = known === undefined && html`<p lang="en">${detail}</p>`;
  const body = html`<header><h1>${title}</h1></header>
<p>${advice}</p>${reason}${opensByKey.includes(code) && loginForm(path, own)}`;
  return documentOf({ title, language, body }, assets);
}

const loginForm = (
  path: string,
  { login, key, open }: Pick<Words, "login" | "key" | "open">,
) => html`<section><h2>${login}</h2>
<form method="post" action="/session" class="zone"><label>${key} <input type="password" name="key" autocomplete="off" required></label><input type="hidden" name="to" value="${path}"><button>${open}</button></form></section>`;
