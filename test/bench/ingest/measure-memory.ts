import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Row } from "../table.ts";

const run = promisify(execFile);

/** The output of memory-process.ts. */
export interface MemoryUse {
  readonly requests: number;
  readonly heapBeforeBytes: number;
  readonly heapAfterBytes: number;
  readonly peakBytes: number;
}

const inMb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Memory over many requests of all formats, in a process of its own: what stays, and what it peaks at. */
export async function measureMemory(requests: number): Promise<readonly Row[]> {
  const script = new URL("./memory-process.ts", import.meta.url).pathname;
  const { stdout } = await run(process.execPath, ["--expose-gc", script, String(requests)], {
    timeout: 600_000,
  });
  const use: MemoryUse = JSON.parse(stdout);
  const growth = use.heapAfterBytes - use.heapBeforeBytes;
  return [
    {
      what: `heap after 100 requests, collected`,
      figure: inMb(use.heapBeforeBytes),
    },
    {
      what: `heap after ${use.requests.toLocaleString("en")} more, collected`,
      figure: inMb(use.heapAfterBytes),
      ratio: growth / 1e6,
      comparedWith: "growth, of 1 MB",
      most: 1,
    },
    {
      what: "peak resident memory meanwhile",
      figure: inMb(use.peakBytes),
      ratio: use.peakBytes / 512e6,
      comparedWith: "the function's 512 MB",
      most: 1,
    },
  ];
}
