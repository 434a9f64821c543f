import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { filesIn, root } from "./source-file.ts";

const pages = ["README.md", ".github/CONTRIBUTING.md"].concat(
  ["lib", "localstack", "test"].flatMap(filesIn).filter((path) => path.endsWith(".md")),
);

/** The targets of a page's links within the tree, without the place in the page that they lead to. */
const linksOf = (page: string) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target as string)
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .map((target) => target.replace(/#.*/, ""));

test("there are pages to read, and links in them", () => {
  expect(pages).toContain("lib/billing/README.md");
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(20);
});

test.each(pages)("%s links to nothing that does not exist", (page) => {
  const broken = linksOf(page).filter((target) => !existsSync(join(root, dirname(page), target)));
  expect(broken).toEqual([]);
});

/** Source files that a page names in backquotes, but not the patterns of such names (`TOPIC/NAME.ts`). */
const namedIn = (page: string) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/`([\w][\w./-]*\.(?:ts|js|mjs|sh|sql))`/g)]
    .map(([, path]) => path as string)
    .filter((path) => !/[A-Z]{3}/.test(path));

const allFiles = ["jest.config.js"].concat(
  ["lib", "functions", "localstack", "test"].flatMap(filesIn),
);

test.each(pages)("%s names no source file that does not exist", (page) => {
  const unknown = namedIn(page).filter(
    (path) => !allFiles.some((file) => file === path || file.endsWith(`/${path}`)),
  );
  expect(unknown).toEqual([]);
});
