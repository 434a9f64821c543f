import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** Longer than any test file takes: a mutation may make a program wait for ever. */
const timeoutMs = 180_000;

export interface TestRun {
  /** The names of the tests that failed. */
  readonly failed: readonly string[];
  /** Why a test file could not be run at all; null: all could. */
  readonly fault: string | null;
  readonly isTimedOut: boolean;
}

/** The output of jest, as far as it is read here. */
interface JestResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs these test files of the tree in a process of their own. Throws where jest itself does not run. */
export async function runTests(directory: string, tests: readonly string[]): Promise<TestRun> {
  const output = join(directory, "mutation-results.json");
  await rm(output, { force: true });
  const tiers = [...new Set(tests.map((path) => path.split("/")[0] ?? ""))];
  const args = [
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    "node_modules/jest/bin/jest.js",
    "--silent",
    "--forceExit",
    "--testTimeout=30000",
    `--cacheDirectory=${join(directory, ".jest-cache")}`,
    "--json",
    `--outputFile=${output}`,
    "--selectProjects",
    ...tiers,
    "--testPathPatterns",
    ...tests.map((path) => `test/${path.replaceAll(".", "\\.")}$`),
  ];
  const isTimedOut = await runNode(directory, args);
  const results = await readResults(output);
  if (results === null) {
    if (isTimedOut) return { failed: [], fault: null, isTimedOut };
    throw new Error("jest gave no results: are database and queues still there?");
  }
  const { testResults } = results;
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
  );
  const broken = testResults.find(
    ({ assertionResults, message }) => assertionResults.length === 0 && message !== "",
  );
  return { failed, fault: broken?.message ?? null, isTimedOut };
}

const runNode = (directory: string, args: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const options = { cwd: directory, timeout: timeoutMs, maxBuffer: 2 ** 28 };
    execFile(process.execPath, args, options, (error) => resolve(error?.killed === true));
  });

async function readResults(path: string): Promise<JestResults | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as JestResults;
  } catch {
    return null;
  }
}
