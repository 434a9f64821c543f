import { parseCredits } from "../../billing/credits.ts";
import type { StatementJson } from "../../usecases/statements/statement-json.ts";
import type { Assets } from "../assets.ts";
import { type Figures, figuresOf } from "../figures.ts";
import { type Html, html } from "../html.ts";
import { documentOf } from "../shell.ts";
import { type Language, words as wordsOf } from "../words/languages.ts";
import type { Words } from "../words/words.ts";
import { addressOf, addressOfPage } from "./addresses.ts";
import { nameOf } from "./costs-chart.ts";
import type { Opened } from "./opened.ts";

/** A month of a project. */
export interface StatementPage extends Opened {
  readonly statement: StatementJson;
}

/** A statement as a whole document. */
export function statementDocument(page: StatementPage, language: Language, assets: Assets): string {
  const words = wordsOf[language];
  const { month, timezone } = page.statement;
  const figures = figuresOf(language, timezone);
  const title = `${words.statement} ${month} ${page.projectName}`;
  return documentOf({ title, language, body: statementPage(page, words, figures) }, assets);
}

function statementPage(page: StatementPage, words: Words, figures: Figures): Html {
  const { statement, projectName } = page;
  const { month, timezone, state, opening, closing, sha256 } = statement;
  const lang = words.language;
  const file = (format: string) => addressOf(page, "/api/statements", { month, format });
  const remaining =
    closing.remaining === null ? "" : words.remaining(figures.exactText(closing.remaining));
  return html`<header><p class="kicker">${words.creditsOfProject} <a href="${addressOfPage(page, { lang })}" dir="auto">${projectName}</a></p>
<h1>${words.statement} ${month}</h1>
<p>${words.fromUntil(instant(statement.from, figures), instant(statement.until, figures))} (${timezone}). ${words.states[state]}</p></header>
<section><div class="wide" tabindex="0" role="region" aria-label="${words.table}"><table class="figures">
<thead><tr><th scope="col">${words.entry}</th><th scope="col">${words.usage}</th><th scope="col">${words.credits}</th></tr></thead>
<tbody>
${row(words.usedBefore, "", opening.used, figures)}
${usageRows(statement, words, figures)}
${correctionRows(statement, words, figures)}
${adjustmentRows(statement, words, figures)}
</tbody>
<tfoot>${row(words.usedAfter, "", closing.used, figures)}</tfoot>
</table></div>
<p>${grantsOf(statement, words, figures)} ${remaining}</p>
${sha256 === null ? "" : html`<p class="hint">SHA-256: <code>${sha256}</code></p>`}
<p><a href="${file("csv")}" download>${words.files.csv}</a> · <a href="${file("csv-excel")}" download>${words.files["csv-excel"]}</a> · <a href="${file("json")}" download="${projectName} ${month}.json">JSON</a></p></section>`;
}

const instant = (text: string, figures: Figures): string => figures.dateTime(Date.parse(text));

const row = (name: string, usage: string, credits: string, figures: Figures): Html =>
  html`<tr><th scope="row" dir="auto">${name}</th><td>${usage}</td><td>${figures.exactText(credits)}</td></tr>
`;

const usageRows = ({ usage }: StatementJson, words: Words, figures: Figures) =>
  usage.flatMap(({ metric, unit, by_site }) =>
    by_site.map(({ site, usage: used, credits }) => {
      const name = [nameOf(metric, words), site].filter((part) => part !== "").join(" · ");
      return row(name, [figures.exactText(used), unit ?? ""].join(" ").trim(), credits, figures);
    }),
  );

const correctionRows = ({ corrections }: StatementJson, words: Words, figures: Figures) =>
  corrections.map(({ month, metric, site, unit, usage, credits }) => {
    const name = [words.correctionOf(month), nameOf(metric, words), site];
    const used = [figures.exactText(usage), unit ?? ""].join(" ").trim();
    return row(name.filter((part) => part !== "").join(" · "), used, credits, figures);
  });

const adjustmentRows = ({ adjustments }: StatementJson, words: Words, figures: Figures) =>
  adjustments.map(({ at, credits, reason, actor }) =>
    row(`${instant(at, figures)}, ${words.by(actor)}: ${reason}`, "", credits, figures),
  );

function grantsOf({ grants, closing }: StatementJson, words: Words, figures: Figures): string {
  const set = grants.map(
    ({ at, granted_credits, actor }) =>
      `${instant(at, figures)}: ${words.grantSet(figures.exact(parseCredits(granted_credits)))}, ${words.by(actor)}.`,
  );
  if (set.length > 0) return set.join(" ");
  return closing.granted === null ? "" : words.grantSet(figures.exactText(closing.granted));
}
