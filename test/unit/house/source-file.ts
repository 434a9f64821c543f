import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Module, parseSync } from "@swc/core";

export const root = resolve(import.meta.dirname, "../../..");

/** A TypeScript file of the program, parsed. */
export interface SourceFile {
  /** Below the root: `lib/postgres/ledger/tariffs.ts`. */
  readonly path: string;
  readonly room: string;
  /** The folder inside the room, as `postgres/ledger`; undefined: the file stands above the folders. */
  readonly folder: string | undefined;
  readonly text: string;
  readonly module: Module;
  /** The files that it imports, below the root. */
  readonly imports: readonly string[];
  /** The packages and modules of Node that it imports. */
  readonly packages: readonly string[];
}

/** A folder of `lib`, or a file right below it, is a room; so is every other folder at the root. */
export function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "lib" ? second.replace(/\.ts$/, "") : first;
}

export function folderOf(path: string): string | undefined {
  const [folder, ...below] = path.split("/").slice(path.startsWith("lib/") ? 2 : 1);
  return below.length === 0 ? undefined : `${roomOf(path)}/${folder}`;
}

/** Every file below the folder, whatever it is called, below the root. */
export const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  const module = parseSync(text, { syntax: "typescript", target: "es2024" });
  const names = importedNames(module);
  return {
    path,
    room: roomOf(path),
    folder: folderOf(path),
    text,
    module,
    imports: names
      .filter((name) => name.startsWith("."))
      .map((name) => relative(root, resolve(root, path, "..", name))),
    packages: names.filter((name) => !name.startsWith(".")),
  };
}

/** Imports, exports from another module, and `import("…")`. */
function importedNames(module: Module): readonly string[] {
  return nodesOf(module).flatMap(({ type, source, callee, arguments: values }) => {
    const isDynamic = type === "CallExpression" && callee?.type === "Import";
    const name = isDynamic ? values?.[0]?.expression : source;
    return typeof name?.value === "string" ? [name.value] : [];
  });
}

/** The parts of swc's nodes that the rules look at. */
export interface Node {
  readonly type: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly value?: unknown;
  readonly source?: Node;
  readonly callee?: Node;
  readonly property?: Node;
  readonly properties?: readonly Node[];
  readonly key?: Node;
  readonly arguments?: readonly { readonly expression: Node }[];
}

/** All nodes of the tree, the outer ones first. */
export function nodesOf(tree: unknown): readonly Node[] {
  if (typeof tree !== "object" || tree === null) return [];
  const inner = Object.values(tree).flatMap(nodesOf);
  return "type" in tree ? [tree as Node, ...inner] : inner;
}

/** The text of a node. swc counts bytes, from 1. */
export function textOf(file: SourceFile, { span }: Node): string {
  if (span === undefined) throw new Error("this node has no place in the text");
  return Buffer.from(file.text)
    .subarray(span.start - 1, span.end - 1)
    .toString();
}

/** The source files of the program: the code that is deployed, and the stack that stands in for AWS. */
export const sources: readonly SourceFile[] = ["functions", "lib", "localstack"]
  .flatMap(filesIn)
  .filter((path) => path.endsWith(".ts"))
  .map(readSource);
