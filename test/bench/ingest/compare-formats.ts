import { inRounds, type RoundOptions } from "../billing/rounds.ts";
import { median, medianRatio, spread } from "../statistics.ts";
import type { Row } from "../table.ts";
import { createPayloads, type Payload } from "./payloads.ts";
import { type Receive, receiveIntoNothing, receiveIntoSqs } from "./receivers.ts";

const timesPerRound = 10;

interface Result {
  readonly payload: Payload;
  readonly decodedMs: number[];
  readonly encodedMs: number[];
  readonly queuedMs: number[];
}

/** From bytes to queued, format by format, each beside what reading the same bytes takes anyway. */
export async function compareFormats(options: RoundOptions): Promise<readonly Row[]> {
  const receive = receiveIntoNothing();
  await using sqs = await receiveIntoSqs();
  const results = createPayloads().map(
    (payload): Result => ({ payload, decodedMs: [], encodedMs: [], queuedMs: [] }),
  );
  for (const { payload } of results) await requireSuccess(receive, payload);
  for (const { payload } of results) await requireSuccess(sqs.receive, payload);
  await inRounds(options, async (keep) => {
    for (const { payload, decodedMs, encodedMs, queuedMs } of results) {
      const decoded = await measureMs(() => payload.baseline?.decode());
      const encoded = await measureMs(() => receive(payload.event));
      const queued = await measureMs(() => sqs.receive(payload.event));
      if (keep) {
        decodedMs.push(decoded);
        encodedMs.push(encoded);
        queuedMs.push(queued);
      }
    }
    await sqs.empty();
  });
  return results.flatMap(toRows);
}

async function requireSuccess(receive: Receive, { name, event }: Payload): Promise<void> {
  const { statusCode, body } = await receive(event);
  if (statusCode >= 300) throw new Error(`${name} is answered with ${statusCode}: ${body}`);
}

/** Of the processor, garbage collection included: what others do on the machine counts less. */
async function measureMs(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  for (let time = 0; time < timesPerRound; time++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000 / timesPerRound;
}

const inMs = (values: readonly number[]) =>
  `${median(values).toFixed(2)} ms ± ${Math.round(spread(values) * 100)} %`;

const toRows = ({ payload, decodedMs, encodedMs, queuedMs }: Result): Row[] => {
  const { name, samples, baseline } = payload;
  const rate = Math.round((samples / median(encodedMs)) * 1_000).toLocaleString("en");
  const encoded: Row = { what: `${name}: bytes to messages`, figure: inMs(encodedMs) };
  return [
    { what: `${name}: ${samples.toLocaleString("en")} samples`, figure: `${rate} samples/s` },
    ...(baseline === undefined
      ? [encoded]
      : [
          { what: `${name}: ${baseline.name}`, figure: inMs(decodedMs) },
          {
            ...encoded,
            ratio: medianRatio(encodedMs, decodedMs),
            comparedWith: baseline.name,
            ...(baseline.most === undefined ? {} : { most: baseline.most }),
          },
        ]),
    { what: `${name}: bytes to embedded SQS`, figure: inMs(queuedMs) },
  ];
};
