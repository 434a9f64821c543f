/** Some of the projects that come next, in the order of their ids, up to an id or (null) the last. */
export type PageAfter<Project> = (
  projectId: number,
  upTo: number | null,
) => Promise<readonly Project[]>;

/**
 * One round of all projects, page by page: those behind `start`, then from the first one up to it. So a
 * run that stops can be followed by one that starts there, and every project has its turn however little
 * time each run has. No page is empty.
 */
export async function* pagesFrom<Project extends { readonly projectId: number }>(
  start: number,
  pageAfter: PageAfter<Project>,
): AsyncGenerator<readonly Project[], void> {
  yield* pagesBetween(start, null, pageAfter);
  if (start > 0) yield* pagesBetween(0, start, pageAfter);
}

async function* pagesBetween<Project extends { readonly projectId: number }>(
  after: number,
  upTo: number | null,
  pageAfter: PageAfter<Project>,
): AsyncGenerator<readonly Project[], void> {
  let page = await pageAfter(after, upTo);
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    yield page;
    page = await pageAfter(last.projectId, upTo);
  }
}
