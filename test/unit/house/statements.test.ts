import { basename } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Node, nodesOf, type SourceFile, sources, textOf } from "./source-file.ts";

const inQueries = sources.filter(({ path }) => /^lib\/postgres\/\w+\/queries\//.test(path));

/** The calls of `client.query`. */
const queriesIn = (file: SourceFile): readonly Node[] =>
  nodesOf(file.module).filter(
    ({ type, callee }) => type === "CallExpression" && callee?.property?.value === "query",
  );

const statements = inQueries.filter((file) => queriesIn(file).length > 0);

test("there are statements to read", () => {
  expect(statements.length).toBeGreaterThan(80);
});

describe("a file in queries/", () => {
  test("runs one statement, or holds a part of several", () => {
    const several = inQueries.filter((file) => queriesIn(file).length > 1);
    expect(several.map(({ path }) => path)).toEqual([]);
  });

  test("prepares its statement under the name of the file", () => {
    const others = statements.filter((file) => nameOfStatement(file) !== nameOf(file));
    expect(others.map(({ path }) => path)).toEqual([]);
  });

  test("exports a function of that name", () => {
    const others = statements.filter(
      (file) =>
        !new RegExp(`^export (async )?function\\*? ${camelCase(nameOf(file))}\\b`, "m").test(
          file.text,
        ),
    );
    expect(others.map(({ path }) => path)).toEqual([]);
  });
});

const nameOf = ({ path }: SourceFile) => basename(path, ".ts");

const camelCase = (name: string) =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** `client.query({ name: "select-clock", … })`; undefined where the statement has no name. */
function nameOfStatement(file: SourceFile): unknown {
  const properties = queriesIn(file)[0]?.arguments?.[0]?.expression.properties ?? [];
  const name = properties.find(({ key }) => key?.value === "name")?.value as Node | undefined;
  return name?.value;
}

/** Applies what the migrations say. */
const others = ["lib/postgres/migrate.ts"];

test("outside of queries/ there are only transactions, settings of them, and the migrations", () => {
  const found = sources
    .filter(({ room, path }) => room !== "localstack" && !others.includes(path))
    .filter((file) => !inQueries.includes(file))
    .flatMap((file) => queriesIn(file).map((call) => `${file.path}: ${textOf(file, call)}`))
    .filter((call) => !/\.query\(["`](begin|commit|rollback|savepoint|set local)\b/.test(call));
  expect(found).toEqual([]);
});
