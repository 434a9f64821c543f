import { stringify } from "csv-stringify/sync";
import type { DecimalText } from "../billing/decimal.ts";
import type { HttpAnswer } from "./stack/answer.ts";

/**
 * `csv`: RFC 4180, for programs. `csv-excel`: as Excel reads it where a comma separates decimals, which is
 * in most of Europe.
 */
export type CsvFormat = "csv" | "csv-excel";

/** A cell of a table; an amount is never taken for a text, nor a text for a formula. */
export type CsvCell = { readonly text: string } | { readonly amount: DecimalText };

/** A table as a file to download. */
export function csvAnswer(
  format: CsvFormat,
  fileName: string,
  columns: readonly string[],
  rows: readonly (readonly CsvCell[])[],
): HttpAnswer {
  const forExcel = format === "csv-excel";
  const cells = rows.map((row) => row.map((cell) => cellText(cell, forExcel)));
  const body = stringify([columns, ...cells], {
    delimiter: forExcel ? ";" : ",",
    bom: forExcel,
    record_delimiter: "windows",
  });
  return {
    statusCode: 200,
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": attachment(fileName),
      "x-content-type-options": "nosniff",
    },
    body,
  };
}

function cellText(cell: CsvCell, forExcel: boolean): string {
  if ("amount" in cell) return forExcel ? cell.amount.replace(".", ",") : cell.amount;
  // A spreadsheet would run what begins like this (OWASP, "CSV Injection").
  return /^[=+\-@\t\r]/.test(cell.text) ? `'${cell.text}` : cell.text;
}

/** With the name in ASCII for old programs, and as it is (RFC 6266). */
function attachment(name: string): string {
  // No part of a name is a folder.
  const fileName = name.replace(/[/\\]/g, "_");
  const ascii = fileName.replace(/[^\w. -]/g, "_");
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
