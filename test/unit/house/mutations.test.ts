import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { mutations } from "../../mutation/mutations.ts";
import { root } from "./source-file.ts";

const all = Object.values(mutations).flat();
const idsOf = (some: typeof all) => some.map(({ id }) => id);

test("each mutation has an id of its own", () => {
  expect(new Set(idsOf(all)).size).toBe(all.length);
  expect(idsOf(all).filter((id) => id in mutations)).toEqual([]);
});

test("what each mutation changes stands in its file exactly once: the list does not rot", () => {
  const stale = all.filter(({ file, from, to }) => {
    const path = join(root, file);
    return from === to || !existsSync(path) || readFileSync(path, "utf8").split(from).length !== 2;
  });
  expect(idsOf(stale)).toEqual([]);
});

test("each mutation names tests that there are, of tiers that need nothing but this tree", () => {
  const blind = all.filter(
    ({ tests }) =>
      tests.length === 0 ||
      tests.some(
        (path) =>
          !/^(unit|property|integration)\/.*\.test\.ts$/.test(path) ||
          !existsSync(join(root, "test", path)),
      ),
  );
  expect(idsOf(blind)).toEqual([]);
});
