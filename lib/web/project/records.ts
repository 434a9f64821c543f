import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";
import type { Words } from "../words/words.ts";
import type { CreditRecord, ProjectPage } from "./page-data.ts";

/** The last corrections and grants: when, how much, why, by whom. */
export function recordList(page: ProjectPage, words: Words, figures: Figures): Html {
  if (page.records.length === 0) return html`<p>${words.noRecords}</p>`;
  const items = page.records.map((record) => {
    const when = html`<time datetime="${new Date(record.atMs).toISOString()}">${figures.dateTime(record.atMs)}</time>`;
    const reason = words.reasons[record.reason] ?? record.reason;
    return html`<li>${when}: ${changeOf(record, words, figures)}, ${words.by(record.actor)}. <q>${reason}</q></li>`;
  });
  return html`<ul class="records">${items}</ul>`;
}

function changeOf({ kind, before, after }: CreditRecord, words: Words, figures: Figures): string {
  if (kind === "grant") return words.grantSet(figures.exact(after));
  if (kind === "adjustment") return words.adjusted(figures.exact(after));
  return words.hoursCorrected(figures.exact(before ?? 0n), figures.exact(after));
}
