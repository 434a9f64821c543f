import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";

interface LockedPackage {
  readonly integrity?: string;
  readonly engines?: unknown;
  readonly hasInstallScript?: boolean;
}

const root = resolve(import.meta.dirname, "../../..");
const read = (name: string) => JSON.parse(readFileSync(resolve(root, name), "utf8"));
const { "": _ourselves, ...packages }: Readonly<Record<string, LockedPackage>> =
  read("package-lock.json").packages;
const pathsWhere = (isFaulty: (locked: LockedPackage) => boolean) =>
  Object.entries(packages)
    .filter(([, locked]) => isFaulty(locked))
    .map(([path]) => path);

describe("package-lock.json, which node .ci/complete-lock.mjs completes,", () => {
  test("has packages", () => {
    expect(Object.keys(packages).length).toBeGreaterThan(500);
  });

  test("has the integrity of every package, those of other platforms included", () => {
    expect(pathsWhere(({ integrity }) => !/^sha512-/.test(integrity ?? ""))).toEqual([]);
  });

  test("lets npm warn nobody of engines: the packages run on the Node that is one of them", () => {
    expect(pathsWhere(({ engines }) => engines !== undefined)).toEqual([]);
  });
});

test("package.json says of every install script whether npm may run it", () => {
  const decided = Object.keys(read("package.json").allowScripts);
  const scripts = pathsWhere(({ hasInstallScript }) => hasInstallScript === true);
  expect(scripts.length).toBeGreaterThan(0);
  const names = scripts.map((path) => path.replace(/^.*node_modules\//, ""));
  expect(names.filter((name) => !decided.includes(name))).toEqual([]);
});
