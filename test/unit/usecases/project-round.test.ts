import { expect, test } from "@jest/globals";
import { pagesFrom } from "../../../lib/usecases/project-round.ts";

/** Pages of two among the projects with these ids, and the questions that were asked for them. */
function projects(...ids: number[]) {
  const asked: (readonly [number, number | null])[] = [];
  const pageAfter = async (projectId: number, upTo: number | null) => {
    asked.push([projectId, upTo]);
    return ids
      .filter((id) => id > projectId && id <= (upTo ?? Number.POSITIVE_INFINITY))
      .slice(0, 2)
      .map((id) => ({ projectId: id }));
  };
  const round = async (start: number) => {
    const pages: number[][] = [];
    for await (const page of pagesFrom(start, pageAfter)) {
      pages.push(page.map(({ projectId }) => projectId));
    }
    return pages;
  };
  return { asked, pageAfter, round };
}

test.each<[string, number, number[][]]>([
  ["from the beginning", 0, [[1, 2], [3, 5], [8]]],
  ["from the middle, behind the last project with the first", 3, [[5, 8], [1, 2], [3]]],
  ["from a project that is there no more", 4, [[5, 8], [1, 2], [3]]],
  ["from the last project", 8, [[1, 2], [3, 5], [8]]],
])("a round has every project once: %s", async (_when, start, pages) => {
  expect(await projects(1, 2, 3, 5, 8).round(start)).toEqual(pages);
});

test.each([0, 7])("without projects there are no pages, from %s on", async (start) => {
  expect(await projects().round(start)).toEqual([]);
});

test("a round that is left early asks for no further page", async () => {
  const { asked, pageAfter } = projects(1, 2, 3, 5, 8);
  for await (const _page of pagesFrom(2, pageAfter)) break;
  expect(asked).toEqual([[2, null]]);
});
