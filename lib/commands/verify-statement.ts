import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseStatement } from "../http/statements.ts";
import { printable } from "../printable.ts";
import type { StatementJson } from "../usecases/statements/statement-json.ts";
import { chainFaults, statementFaults } from "../usecases/statements/verify-statement.ts";
import { Arguments } from "./arguments.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run verify-statement -- FILE [FILE …]

Checks closed statements (GET /api/statements/PROJECT/YYYY-MM), each in a file of its own, without a database:
that nobody has changed them, that their amounts add up, and that those of one project follow each other.
Exit code 1 where anything is not as it must be.`;

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** `npm run verify-statement`: for whoever has statements and trusts nobody. */
await runCommand(async () => {
  const args = new Arguments(usage, [], [], process.argv.slice(2), true);
  if (args.files.length === 0) throw args.wrong("name at least one file");
  const statements = await Promise.all(args.files.map(readStatement));
  const faults = statements.flatMap(({ file, text, statement }) =>
    statementFaults(text, statement, hashOf).map((fault) => `${file}: ${fault}`),
  );
  const byProject = Map.groupBy(
    statements.map(({ statement }) => statement),
    ({ project_name }) => project_name,
  );
  for (const [name, own] of byProject) {
    const inOrder = own.toSorted((one, other) => (one.month < other.month ? -1 : 1));
    faults.push(...chainFaults(inOrder).map((fault) => `${name}, ${fault}`));
  }
  for (const fault of faults) console.log(printable(fault));
  console.log(`verified ${statements.length} statements, ${faults.length} faults`);
  if (faults.length > 0) process.exitCode = 1;
});

async function readStatement(file: string) {
  const text = (await readFile(file, "utf8")).trim();
  try {
    return { file, text, statement: parseStatement(text) satisfies StatementJson };
  } catch (cause) {
    throw new Error(`${file} is not a statement`, { cause });
  }
}
