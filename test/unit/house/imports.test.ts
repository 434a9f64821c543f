import { describe, expect, test } from "@jest/globals";
import { folders, packageRooms, pureRooms, rooms } from "./rooms.ts";
import { filesIn, folderOf, roomOf, type SourceFile, sources } from "./source-file.ts";

/** `path → what it must not import`, for a message that says where to look. */
const offences = (of: (file: SourceFile) => readonly string[]): readonly string[] =>
  sources.flatMap((file) => of(file).map((offence) => `${file.path} → ${offence}`));

test("there are sources to read", () => {
  expect(sources.length).toBeGreaterThan(200);
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(500);
});

describe("every file", () => {
  const inRooms = ["functions", "lib", "localstack"]
    .flatMap(filesIn)
    .filter((path) => path !== "lib/README.md");

  test("stands in a room of the map, and every room of the map has a file", () => {
    expect([...new Set(inRooms.map(roomOf))].sort()).toEqual(Object.keys(rooms).sort());
  });

  test("stands in a folder of the map, where the room has folders", () => {
    const withoutFolders = ["localstack"];
    const found = inRooms.filter((path) => !withoutFolders.includes(roomOf(path))).map(folderOf);
    const named = [...new Set(found)].filter((folder) => folder !== undefined);
    expect(named.sort()).toEqual(Object.keys(folders).sort());
  });

  test("has a name that says what it holds", () => {
    const vague = /(^|[/-])(utils?|helpers?|common|types?|managers?)([/.-]|$)/;
    expect(inRooms.filter((path) => vague.test(path))).toEqual([]);
  });

  test("of lib is TypeScript, SQL or a README, or goes to a browser: the rules read nothing else", () => {
    const read = /\.ts$|\.sql$|\/README\.md$|^lib\/web\/assets\/[a-z]+\.(css|js|json)$/;
    const others = filesIn("lib").filter((path) => !read.test(path));
    expect(others).toEqual([]);
  });
});

describe("imports", () => {
  test("lead only to the rooms that the map allows", () => {
    const strangers = offences(({ room, imports }) =>
      imports.filter((path) => ![room, ...(rooms[room] ?? [])].includes(roomOf(path))),
    );
    expect(strangers).toEqual([]);
  });

  test("lead only to the folders of the room that the map allows", () => {
    const strangers = offences(({ room, folder, imports }) => {
      if (folder === undefined || room === "localstack") return [];
      const allowed = [folder, ...(folders[folder] ?? []).map((name) => `${room}/${name}`)];
      return imports.filter((path) => {
        const imported = folderOf(path);
        return roomOf(path) === room && imported !== undefined && !allowed.includes(imported);
      });
    });
    expect(strangers).toEqual([]);
  });

  test("never lead in a circle", () => {
    expect(circles()).toEqual([]);
  });

  test("leave each package to the one room that knows it", () => {
    const strangers = offences(({ room, packages }) =>
      packages.filter((name) => {
        const known = Object.keys(packageRooms).find((one) => `${name}/`.startsWith(`${one}/`));
        return known !== undefined && packageRooms[known] !== room && room !== "localstack";
      }),
    );
    expect(strangers).toEqual([]);
  });

  test("of billing, segments and the use cases name no package", () => {
    const withPackages = offences(({ room, packages }) =>
      ["billing", "segments", "usecases"].includes(room) ? packages : [],
    );
    expect(withPackages).toEqual([]);
  });

  test("of pure rooms name no module of Node", () => {
    const withNode = offences(({ room, packages }) =>
      pureRooms.includes(room) ? packages.filter((name) => name.startsWith("node:")) : [],
    );
    expect(withNode).toEqual([]);
  });
});

/** The first circle that the imports of each file lead into, as the path that comes back to its beginning. */
function circles(): readonly string[] {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(" → ")];
    if (done.has(path)) return [];
    const found = (importsOf.get(path) ?? []).flatMap((name) => visit(name, [...trail, path]));
    done.add(path);
    return found;
  };
  return sources.flatMap(({ path }) => visit(path, []));
}
