import type { MemoryUse } from "./measure-memory.ts";
import { createPayloads } from "./payloads.ts";
import { receiveIntoNothing } from "./receivers.ts";

// Run by measure-memory.ts: node --expose-gc memory-process.ts REQUESTS

const payloads = createPayloads();
const receive = receiveIntoNothing();

async function send(requests: number): Promise<void> {
  for (let number = 0; number < requests; number++) {
    const payload = payloads[number % payloads.length];
    if (payload !== undefined) await receive(payload.event);
  }
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const requests = Number(process.argv[2]);
await send(100);
const heapBeforeBytes = heapBytes();
await send(requests);
const use: MemoryUse = {
  requests,
  heapBeforeBytes,
  heapAfterBytes: heapBytes(),
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(use));
