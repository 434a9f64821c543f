import { expect, test } from "@jest/globals";
import { pino } from "pino";
import { escapingLines } from "../../lib/logger.ts";

/** The line that is written for these fields. */
function lineOf(fields: object): string {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  pino({ base: null }, escapingLines(destination)).info(fields, "told");
  return lines.join("");
}

const between = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index));

test("a terminal sees nothing of a name that it would act on, and a program reads the name as it is", () => {
  const acted = [
    ...between(0x00, 0x1f),
    ...between(0x7f, 0x9f),
    ...between(0x2028, 0x202e),
    ...between(0x2066, 0x2069),
  ].join("");
  const line = lineOf({ site: `a${acted}\\${acted}"b`, [acted]: acted });
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(line)).toMatchObject({ site: `a${acted}\\${acted}"b`, [acted]: acted });
});

test("letters of any script stay as they are", () => {
  expect(lineOf({ site: "Köln 日本 👩‍🔬" })).toContain('"site":"Köln 日本 👩‍🔬"');
});
