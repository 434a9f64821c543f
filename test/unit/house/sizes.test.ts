import { describe, expect, test } from "@jest/globals";
import { type Node, nodesOf, sources, textOf } from "./source-file.ts";

const functionLinesMax = 70;
const fileLinesMax = 250;
const wiringLinesMax = 40;

/** Functions, methods, accessors and constructors, of classes and of objects. */
const kindsOfFunction =
  /^(Function(Declaration|Expression)|ArrowFunctionExpression|(Class|Private)?Method(Property)?|Constructor|[GS]etterProperty)$/;

const functionsOf = (tree: unknown): readonly Node[] =>
  nodesOf(tree).filter(({ type }) => kindsOfFunction.test(type));

test("functions of every kind are measured", () => {
  const kinds = new Set(
    sources.flatMap(({ module }) => functionsOf(module).map(({ type }) => type)),
  );
  const known = [
    "ArrowFunctionExpression",
    "ClassMethod",
    "Constructor",
    "FunctionDeclaration",
    "MethodProperty",
    "PrivateMethod",
  ];
  expect([...kinds]).toEqual(expect.arrayContaining(known));
});

describe("there is", () => {
  test(`no function of more than ${functionLinesMax} lines`, () => {
    const long = sources.flatMap((file) =>
      functionsOf(file.module)
        .map((node) => textOf(file, node).split("\n").length)
        .filter((lines) => lines > functionLinesMax)
        .map((lines) => `${file.path}: ${lines} lines`),
    );
    expect(long).toEqual([]);
  });

  test(`no file of more than ${fileLinesMax} lines`, () => {
    expect(longerThan(fileLinesMax)).toEqual([]);
  });

  test(`no file of functions/ of more than ${wiringLinesMax} lines`, () => {
    expect(longerThan(wiringLinesMax).filter((path) => path.startsWith("functions/"))).toEqual([]);
  });
});

// A file ends with a line feed, after which there is no line.
const longerThan = (linesMax: number) =>
  sources.filter(({ text }) => text.split("\n").length - 1 > linesMax).map(({ path }) => path);
