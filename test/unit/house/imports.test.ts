import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = resolve(import.meta.dirname, "../../..");

/** Room → the rooms it may import, besides itself; README.md draws it. Imports point inward. */
const adapters = ["http", "sqs", "postgres", "portal", "mail", "webhook", "web"];
const core = ["usecases", "formats", "billing"];
/** What everybody may stand on; it knows nobody of the house but itself. */
const ground = ["config", "logger", "schedule", "outgoing", "printable"];
const adapter = [...core, "config"];
/** What every topic of a room may import besides itself; `ledger` itself imports `database` only. */
const sharedTopics: Readonly<Record<string, readonly string[]>> = {
  usecases: ["ledger"],
  postgres: ["ledger", "database"],
};
const outer = [...adapters, ...core, ...ground, "settings"];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  billing: [],
  formats: ["billing"],
  usecases: ["billing"],
  // The readers of settings stand beside what they set up; here are those of the use cases.
  settings: ["config", "formats", "billing"],
  ...Object.fromEntries(adapters.map((name) => [name, adapter])),
  http: [...adapter, "settings"],
  portal: [...adapter, "outgoing"],
  webhook: [...adapter, "outgoing"],
  config: [],
  outgoing: [],
  schedule: [],
  printable: [],
  logger: ["config"],
  commands: outer,
  // An operator's order is read alike from arguments and from an event.
  functions: [...outer, "commands"],
};
/** The packages that only one room may know. */
const packageRooms: Readonly<Record<string, string>> = {
  pg: "postgres",
  "@aws-sdk/client-sqs": "sqs",
  "@aws-sdk/credential-provider-env": "sqs",
  "@middy/core": "http",
  nodemailer: "mail",
  protobufjs: "formats",
  snappyjs: "formats",
};

const sources = ["functions", "lib"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);

function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  if (first !== "lib") return first;
  return second.replace(/\.ts$/, "");
}

/** The folder inside a room that is cut by topic; undefined: the file stands above the topics. */
function topicOf(path: string): string | undefined {
  const [, room = "", topic = "", ...rest] = path.split("/");
  return room in sharedTopics && rest.length > 0 ? topic : undefined;
}

const text = (path: string) => readFileSync(join(root, path), "utf8");

const importsOf = (path: string) =>
  [
    ...text(path).matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/gm),
  ].map((match) => match[1] ?? match[2] ?? "");

test("there are sources to read", () => {
  expect(sources.length).toBeGreaterThan(50);
});

describe.each(sources)("%s", (path) => {
  const room = roomOf(path);

  test("imports inward only", () => {
    const allowed = [room, ...(mayImport[room] ?? [])];
    const rooms = importsOf(path)
      .filter((name) => name.startsWith("."))
      .map((name) => roomOf(relative(root, resolve(root, path, "..", name))));
    expect(mayImport).toHaveProperty([room]);
    expect(rooms.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test("imports of its own room the shared topics and its own topic only", () => {
    const topic = topicOf(path);
    if (topic === undefined) return;
    const topics = importsOf(path)
      .filter((name) => name.startsWith("."))
      .map((name) => relative(root, resolve(root, path, "..", name)))
      .filter((imported) => roomOf(imported) === room)
      .map(topicOf);
    const isShared = topic === "ledger" || topic === "database";
    const shared = isShared ? ["database"] : (sharedTopics[room] ?? []);
    const allowed = [undefined, topic, ...shared];
    expect(topics.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test("leaves each package to its room", () => {
    const packages = importsOf(path).filter((name) => !name.startsWith("."));
    if (room === "billing") expect(packages).toEqual([]);
    if (room === "usecases") expect(packages).toEqual([]);
    const strangers = packages.filter((name) =>
      Object.entries(packageRooms).some(
        ([known, owner]) => (name === known || name.startsWith(`${known}/`)) && owner !== room,
      ),
    );
    expect(strangers).toEqual([]);
    if (core.includes(room))
      expect(packages.filter((name) => name.startsWith("node:"))).toEqual([]);
  });

  test("reads the environment in lib/config.ts only", () => {
    if (room !== "config")
      expect(text(path)).not.toMatch(/process\.env|\benv\b[^;]*from "node:process"/);
  });

  test("is small", () => {
    expect(text(path).split("\n").length).toBeLessThanOrEqual(room === "functions" ? 41 : 251);
    for (const [name, lines] of functionLengths(text(path)))
      expect([name, lines <= 70]).toEqual([name, true]);
  });
});

/** Top-level functions with their number of lines: from the line that opens one to its closing brace. */
function functionLengths(source: string): readonly (readonly [string, number])[] {
  const lines = source.split("\n");
  return lines.flatMap((line, start) => {
    const name = /^(?:export )?(?:async )?(?:function\*? (\w+)|const (\w+) = .*=>.*[{(]$)/.exec(
      line,
    );
    if (name === null) return [];
    const length = lines.slice(start).findIndex((other) => /^[})]/.test(other)) + 1;
    return [[name[1] ?? name[2] ?? "", length] as const];
  });
}
