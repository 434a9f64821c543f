import { expect, test } from "@jest/globals";
import { pureRooms } from "./rooms.ts";
import { type Node, type SourceFile, sources, textOf } from "./source-file.ts";

test("only lib/config.ts reads the environment of the program", () => {
  const readers = sources.filter(
    ({ room, text }) =>
      room !== "config" &&
      room !== "localstack" &&
      /process\.env|\benv\b[^;]*from "node:process"/.test(text),
  );
  expect(readers.map(({ path }) => path)).toEqual([]);
});

test("pure rooms keep nothing between two calls: what stands in a module is constant", () => {
  const kept = sources
    .filter(({ room }) => pureRooms.includes(room))
    .flatMap((file) => mutableNames(file).map((name) => `${file.path}: ${name}`));
  expect(kept).toEqual([]);
});

interface Declarator {
  readonly id: Node & { readonly value?: string; readonly typeAnnotation?: Node | null };
  readonly init: Node | null;
}

interface Declaration extends Node {
  readonly kind?: string;
  readonly declarations?: readonly Declarator[];
  /** Of a class. */
  readonly body?: readonly (Node & { readonly isStatic?: boolean; readonly readonly?: boolean })[];
}

/** The variables of the module, and the static fields of its classes, that could change. */
const mutableNames = (file: SourceFile): readonly string[] =>
  file.module.body
    .map((item) => (item.type === "ExportDeclaration" ? item.declaration : item) as Declaration)
    .flatMap(({ type, kind, declarations, body }) => {
      if (type === "VariableDeclaration")
        return (declarations ?? [])
          .filter((declarator) => kind !== "const" || isMutable(file, declarator))
          .map(({ id }) => String(id.value));
      if (type !== "ClassDeclaration") return [];
      const fields = (body ?? []).filter(
        (member) => member.isStatic && /Property$/.test(member.type),
      );
      return fields.filter((field) => !field.readonly).map((field) => textOf(file, field));
    });

/** A collection or an object whose type does not say that it is constant. */
function isMutable(file: SourceFile, { id, init }: Declarator): boolean {
  const annotation = id.typeAnnotation ? textOf(file, id.typeAnnotation) : "";
  const isReadonly = /\b[Rr]eadonly\b|\bReadonly/.test(annotation);
  if (init?.type === "NewExpression") return !isReadonly && !isStateless(init);
  if (init?.type === "ArrayExpression") return !isReadonly;
  // The fields of the named types are readonly; `as const` is another node around the object.
  if (init?.type === "ObjectExpression") return annotation === "";
  return (
    init?.type === "CallExpression" && !isReadonly && /^(Buffer|Array)\./.test(textOf(file, init))
  );
}

const isStateless = ({ callee }: Node): boolean =>
  ["TextDecoder", "TextEncoder", "RegExp"].includes(String(callee?.value));
