// Completes package-lock.json for all platforms and for the Node that the packages run on. To be run
// after each `npm install` that changes the lockfile: node .ci/complete-lock.mjs
//
// A registry may carry the optional binaries (esbuild, swc, Biome, …) of some platforms only, and
// npm then leaves out the others: `npm ci` calls such a lockfile out of sync. They are added, and those
// that came without `integrity` get what the registry says of them.
//
// The `engines` of packages are taken out: npm compares them with the Node that runs npm, and warns a
// newcomer who has Node 20, although all of them run on the Node 24 that this project brings.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const processors = ["arm64", "arm", "x64", "ppc64", "s390x", "ia32", "loong64", "riscv64"];

/** The registry's entry of the package; nothing where it does not carry it. */
function fromRegistry(name, version) {
  const fields = ["version", "dist.integrity", "cpu", "libc", "os", "bin"];
  const command = ["view", `${name}@${version}`, ...fields, "--json"];
  try {
    const stdio = ["ignore", "pipe", "ignore"];
    const answer = JSON.parse(execFileSync("npm", command, { encoding: "utf8", stdio }));
    const { "dist.integrity": integrity, ...rest } = answer;
    return { ...rest, integrity };
  } catch {
    console.log(`not carried by the registry, so without integrity: ${name}@${version}`);
    return {};
  }
}

/** The platform that the name of an optional binary ends with. */
function fromName(name) {
  const words = name.split("/").pop().split("-");
  const os = systems.find((system) => words.includes(system));
  const cpu = words.find((word) => processors.includes(word));
  if (!os || !cpu) return undefined;
  const isMusl = words.some((word) => word.startsWith("musl"));
  const isGlibc = words.some((word) => word.startsWith("gnu"));
  const libc = isMusl ? ["musl"] : ["glibc"];
  return { os: [os], cpu: [cpu], ...(os === "linux" && (isMusl || isGlibc) ? { libc } : {}) };
}

const byName = (entries) =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const platform = fromName(name);
    if (!/^\d/.test(version) || !platform || lock.packages[key]?.integrity) continue;
    const { integrity, ...carried } = fromRegistry(name, version);
    const dev = parent.dev ? { dev: true } : {};
    const entry = { ...platform, ...dev, ...lock.packages[key], ...carried, optional: true };
    // In npm's own order, so that its next change of the file does not turn these lines round.
    lock.packages[key] = { version, integrity, ...byName(entry) };
  }
}
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path) delete entry.engines;
}
lock.packages = byName(lock.packages);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
