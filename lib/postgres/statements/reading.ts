import { openStatements } from "../../usecases/statements/statement.ts";
import type { StatementList } from "../../usecases/statements/statement-list.ts";
import { openText } from "../../usecases/statements/statement-text.ts";
import { inSnapshot } from "../database/in-transaction.ts";
import type { Pool } from "../database/pool.ts";
import { reading } from "../reading/credits.ts";
import { readBooks } from "./books.ts";
import { selectStatementBody } from "./queries/select-statement-body.ts";

export interface AskedProject {
  readonly projectId: number;
  readonly projectName: string;
}

/** The months of a project, up to that of an instant. Throws `Unavailable`. */
export const readStatements = (
  pool: Pool,
  project: AskedProject,
  timezone: string,
  nowMs: number,
): Promise<StatementList> =>
  reading(() =>
    inSnapshot(pool, async (client) => {
      const books = await readBooks(client, project, timezone, nowMs);
      if (books === undefined) return { timezone, statements: [] };
      const closed = books.closed.map(({ month, used, sha256 }) => {
        return { month, endMs: null, used, sha256 };
      });
      const open = openStatements(books).map(({ month, closing }) => {
        return { month: month.name, endMs: month.endMs, used: closing.used, sha256: null };
      });
      return { timezone: books.timezone, statements: [...closed, ...open].toReversed() };
    }),
  );

/** The statement of a month as JSON; undefined: the project has none. Throws `Unavailable`. */
export const readStatement = (
  pool: Pool,
  project: AskedProject,
  month: string,
  timezone: string,
  nowMs: number,
): Promise<string | undefined> =>
  reading(() =>
    inSnapshot(pool, async (client) => {
      const body = await selectStatementBody(client, project.projectId, month);
      if (body !== undefined) return body;
      const books = await readBooks(client, project, timezone, nowMs);
      if (books === undefined) return undefined;
      const open = openStatements(books);
      const statement = open.find((one) => one.month.name === month);
      if (statement === undefined) return undefined;
      // Before the months in between are closed, a later one has nothing to name.
      const previous = statement === open[0] ? books.closed.at(-1) : undefined;
      const previousSha256 = previous?.sha256 ?? null;
      const { projectName } = project;
      const head = { projectName, timezone: books.timezone, closedMs: null, previousSha256 };
      return openText(statement, head);
    }),
  );
