import { assetPath, readAssets } from "../assets.ts";
import { problemDocument, type RefusedPage } from "../problem-page.ts";
import type { Language } from "../words/languages.ts";
import { gatherPage, type ReadProject } from "./gather.ts";
import { type HourPage, hourDocument } from "./hour-page.ts";
import type { WantedRange } from "./page-range.ts";
import { projectDocument } from "./project-page.ts";
import { type StatementPage, statementDocument } from "./statement-page.ts";

/** Writes the pages of projects, and why one cannot be shown. */
export function projectPages() {
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
    refuse: (page: RefusedPage, language: Language): string =>
      problemDocument(page, language, assets),
  };
}
