import { assetPath, readAssets } from "./assets.ts";
import { type OperatorsPage, operatorsDocument } from "./operators/operators-page.ts";
import { problemDocument, type RefusedPage } from "./problem-page.ts";
import { gatherPage, type ReadProject } from "./project/gather.ts";
import { type HourPage, hourDocument } from "./project/hour-page.ts";
import type { WantedRange } from "./project/page-range.ts";
import { projectDocument } from "./project/project-page.ts";
import { type StatementPage, statementDocument } from "./project/statement-page.ts";
import type { Language } from "./words/languages.ts";

/** Writes the pages, and why one cannot be shown. */
export function pageWriter() {
  const assets = readAssets();
  return {
    /** Addresses that stand in the pages: a page is another where one of them is. */
    assets: [assetPath(assets.stylesheet), assetPath(assets.script)],
    write: (
      read: ReadProject,
      wanted: WantedRange,
      timezone: string,
      language: Language,
      nowMs: number,
    ): string => projectDocument(gatherPage(read, wanted, timezone, nowMs), language, assets),
    writeHour: (page: HourPage, language: Language): string => hourDocument(page, language, assets),
    writeStatement: (page: StatementPage, language: Language): string =>
      statementDocument(page, language, assets),
    writeOperators: (page: OperatorsPage, language: Language): string =>
      operatorsDocument(page, language, assets),
    refuse: (page: RefusedPage, language: Language): string =>
      problemDocument(page, language, assets),
  };
}
