import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { folders, rooms } from "./rooms.ts";
import { root } from "./source-file.ts";

const readme = readFileSync(join(root, "lib/README.md"), "utf8");

/** The rows of the table below the heading: first cell → the names in the last cell. */
function tableBelow(heading: string): Readonly<Record<string, readonly string[]>> {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const rows = section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1));
  return Object.fromEntries(rows.map((cells) => [namesIn(cells[0])[0], namesIn(cells.at(-1))]));
}

const namesIn = (cell = ""): readonly string[] => {
  const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  return cell.includes("all of `lib`") ? Object.keys(rooms).filter(isOfLib) : names;
};

const isOfLib = (room: string) => room !== "functions" && room !== "localstack";

const sorted = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(table).map(([name, names]) => [name, [...names].sort()]));

test("lib/README.md draws the rooms and their imports as the tests hold them", () => {
  expect(sorted(tableBelow("Rooms"))).toEqual(sorted(rooms));
});

test("lib/README.md draws the folders and their imports as the tests hold them", () => {
  expect(sorted(tableBelow("Folders"))).toEqual(sorted(folders));
});

test("lib/README.md names no test that does not exist", () => {
  const rules = readme.split("## Rules")[1] ?? "";
  const tests = [...rules.matchAll(/`((?:unit|property|integration|e2e)\/[^`]+)`/g)];
  expect(tests.length).toBeGreaterThan(10);
  const files = tests.map(([, name]) => join(root, `test/${name}.test.ts`));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
