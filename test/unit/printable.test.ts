import { expect, test } from "@jest/globals";
import { printable } from "../../lib/printable.ts";

test.each([
  ["an escape sequence", "a\u001b[2Jb", "a\\u001b[2Jb"],
  ["the same in one byte of Latin-1", "a\u009b2Jb", "a\\u009b2Jb"],
  ["a next line", "a\u0085b", "a\\u0085b"],
  ["a carriage return", "a\rb", "a\\u000db"],
  ["a reversal", "a\u202etxt.exe", "a\\u202etxt.exe"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["a space of no width", "a\u200bb", "a\\u200bb"],
  ["half a character", "a\ud800b", "a\\ud800b"],
  ["one beyond 16 bits", "a\u{e0041}b", "a\\u{e0041}b"],
])("%s is shown as an escape", (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("what is seen stays, and so do line breaks and tabs", () => {
  const text = 'Straßenbäume, "Köln" €\n\t日本語 😀\\u';
  expect(printable(text)).toBe(text);
});
