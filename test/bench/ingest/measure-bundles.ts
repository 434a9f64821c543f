import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { parse } from "yaml";
import { median, spread } from "../statistics.ts";
import type { Row } from "../table.ts";

const root = resolve(import.meta.dirname, "../../..");
const bytesMax = 500_000;
const importMsMax = 150;

/** All that a function may want to have at its start. */
const environment = {
  PATH: process.env["PATH"],
  DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
  MEASUREMENTS_QUEUE_URL: "http://127.0.0.1:1/queue",
  DEAD_LETTER_QUEUE_URL: "http://127.0.0.1:1/queue",
  SQS_ENDPOINT: "http://127.0.0.1:1",
  LOG_LEVEL: "silent",
};

interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
}

/** How large the functions are, and how long a new instance takes to load the receiver and the largest. */
export async function measureBundles(starts: number): Promise<readonly Row[]> {
  const directory = await mkdtemp(join(tmpdir(), "openstack-credits-bundles-"));
  try {
    const bundles = (await buildFunctions(directory)).toSorted((a, b) => b.bytes - a.bytes);
    const loaded = bundles.filter(({ name }, at) => at === 0 || name === "receive-measurements");
    return [...bundles.map(sizeRow), ...loaded.flatMap((bundle) => startRows(bundle, starts))];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** As serverless-esbuild builds them: with the options of serverless.yml. */
async function buildFunctions(directory: string): Promise<readonly Bundle[]> {
  const service = parse(await readFile(join(root, "serverless.yml"), "utf8"), {
    logLevel: "error",
  });
  const {
    bundle,
    minify,
    target,
    format,
    mainFields,
    exclude,
    alias,
    banner,
    outputFileExtension,
  } = service.custom.esbuild;
  const options: BuildOptions = {
    ...{ bundle, minify, target, format, mainFields, alias, banner },
    external: exclude,
    platform: "node",
    outExtension: { ".js": outputFileExtension },
    absWorkingDir: root,
    outdir: directory,
  };
  const names = Object.keys(service.functions);
  await build({ ...options, entryPoints: names.map((name) => `functions/${name}.ts`) });
  return Promise.all(
    names.map(async (name) => {
      const file = join(directory, `${name}${outputFileExtension}`);
      return { name, file, bytes: (await stat(file)).size };
    }),
  );
}

const sizeRow = ({ name, bytes }: Bundle): Row => ({
  what: `bundle of ${name}`,
  figure: `${Math.round(bytes / 1_000)} kB`,
  ratio: bytes / bytesMax,
  comparedWith: `${bytesMax / 1_000} kB`,
  most: 1,
});

/** Starts of a bare Node and of one that imports the bundle, in turns. */
function startRows({ name, file }: Bundle, starts: number): readonly Row[] {
  const bareMs: number[] = [];
  const importMs: number[] = [];
  for (let number = -2; number < starts; number++) {
    const bare = startMs("");
    const imported = startMs(`await import(${JSON.stringify(file)})`);
    if (number >= 0) {
      bareMs.push(bare);
      importMs.push(imported - bare);
    }
  }
  const inMs = (values: readonly number[]) =>
    `${Math.round(median(values))} ms ± ${Math.round(spread(values) * 100)} %`;
  return [
    { what: `start of Node, beside ${name}`, figure: inMs(bareMs) },
    {
      what: `import of ${name} over it`,
      figure: inMs(importMs),
      ratio: median(importMs) / importMsMax,
      comparedWith: `${importMsMax} ms`,
      most: 1,
    },
  ];
}

/** From the start of the process, which is what a cold start waits for; compiling uses other cores, too. */
function startMs(code: string): number {
  const report = "console.log(performance.now()); process.exit(0)";
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", `${code}; ${report}`],
    { env: environment },
  );
  if (status !== 0) throw new Error(stderr.toString());
  return Number(stdout.toString());
}
