import { expect } from "@jest/globals";
import type { Measurement } from "../../../lib/billing/measurement.ts";
import { type Decoded, MalformedBody } from "../../../lib/formats/decoded.ts";
import { context } from "../../support/formats/decode-context.ts";

/** The rules once more, written another way than in the code that is tested. */
const rules: Readonly<Record<keyof Measurement, (measurement: Measurement) => boolean>> = {
  projectName: ({ projectName }) => isName(projectName) && isAddressable(projectName),
  metric: ({ metric }) => metric === "project_vcpu_usage" || metric === "project_mb_usage",
  site: ({ site }) => isName(site),
  resource: ({ resource }) => isName(resource),
  timeMs: ({ timeMs }) =>
    Number.isSafeInteger(timeMs) && timeMs >= context.oldestMs && timeMs <= context.newestMs,
  value: ({ value }) => /^\d{1,15}(?:\.\d{1,30})?$/.test(value) && !/^0\d|\.\d*0$/.test(value),
};

/** As a step of a path in a URL. */
const isAddressable = (name: string) => name.trim() !== "" && name !== "." && name !== "..";

function isName(text: string): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const allowed = (code: number) =>
    code >= 0x20 && (code < 0x7f || code > 0x9f) && (code < 0xd800 || code > 0xdfff);
  return characters.length <= 256 && characters.every(allowed);
}

/** Far more than any body here needs, far less than one that hangs; of the processor, which others use too. */
const slowMicroseconds = 2_000_000;

/** A fuzz test that has nothing accepted any more tests nothing. Few tries, as in a replay, say nothing. */
export const leastAccepted = (tries: number): number => (tries < 1_000 ? 0 : tries / 50);

/**
 * Decodes a body that may be anything: nothing but MalformedBody may be thrown, what is accepted obeys the
 * rules and was in the body, which `wasSent` knows. Returns undefined where the body was refused as a whole.
 */
export function expectSound(
  decode: () => Decoded,
  wasSent: (measurement: Measurement) => boolean,
): Decoded | undefined {
  const start = process.cpuUsage();
  const decoded = decodeOrRefuse(decode);
  expect(process.cpuUsage(start).user).toBeLessThan(slowMicroseconds);
  for (const measurement of decoded?.measurements ?? []) {
    for (const [field, obeys] of Object.entries(rules)) {
      expect({ field, measurement, obeys: obeys(measurement) }).toMatchObject({ obeys: true });
    }
    expect({ measurement, sent: wasSent(measurement) }).toMatchObject({ sent: true });
  }
  for (const fault of decoded?.faults ?? []) {
    expect(fault.detail).not.toBe("");
  }
  return decoded;
}

function decodeOrRefuse(decode: () => Decoded): Decoded | undefined {
  try {
    return decode();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedBody);
    return undefined;
  }
}
