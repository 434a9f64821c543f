import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { stillOpen } from "../support/servers/stack-client.ts";
import { countMessages, deadLetterQueue, untilProcessed } from "../support/servers/stack-queues.ts";
import { Rig } from "./rig.ts";
import { projectNames } from "./sites.ts";

jest.setTimeout(400_000);

const seconds = (count: number) => sleep(count * 1000);

/** Minutes in the life of a site's Prometheus, in which one part after the other fails. */
export function remoteWriteScenario(name: string, protocol: Readonly<Record<string, unknown>>) {
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start(protocol);
  });

  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  describe(`what Prometheus scrapes and sends by ${name} is billed exactly`, () => {
    test("while all goes well", async () => {
      await seconds(5);
      await rig.expectBilledExactly();
      const { billed } = await rig.bills();
      expect(Object.keys(billed).sort()).toEqual([...projectNames].sort());
    });

    prometheusFails(() => rig);
    receiverFails(() => rig);
    sitesFail(() => rig);

    test("to the last sample, and nothing was refused, dropped or left over", async () => {
      await seconds(5);
      await expectNothingLost(rig);
    });
  });
}

function prometheusFails(rig: () => Rig) {
  test("when it is stopped and started again", async () => {
    await rig().prometheus.stop();
    await seconds(3);
    await rig().startPrometheus();
    await rig().expectBilledExactly();
  });

  // Samples that it had not sent by then are never sent; totals say it again.
  test("when it is killed and started again", async () => {
    await seconds(3);
    await rig().prometheus.kill();
    await seconds(2);
    await rig().startPrometheus();
    await rig().expectBilledExactly();
  });
}

function receiverFails(rig: () => Rig) {
  test("when the receiver is away, and a site's totals begin anew meanwhile", async () => {
    await rig().stack.stop();
    await seconds(8);
    rig().sites.giessen.beginAnew();
    await seconds(8);
    const retried = "prometheus_remote_storage_samples_retried_total";
    expect(await rig().prometheus.metric(retried)).toBeGreaterThan(0);
    await rig().startReceiver();
    await rig().expectBilledExactly();
  });

  test("when the receiver is killed", async () => {
    await seconds(3);
    await rig().stack.kill();
    expect(await stillOpen(rig().stack.ownPorts)).toEqual([]);
    await rig().startReceiver();
    await rig().expectBilledExactly();
  });
}

function sitesFail(rig: () => Rig) {
  test("when a site is away and comes back with its totals begun anew", async () => {
    const { bielefeld } = rig().sites;
    await seconds(3);
    await bielefeld.stop();
    await seconds(5);
    bielefeld.beginAnew();
    await bielefeld.start();
    await seconds(8);
    await rig().expectBilledExactly();
  });

  test("when a site's pages are half empty for a while", async () => {
    await seconds(5);
    rig().sites.giessen.answerBadPages(3);
    await seconds(10);
    await rig().expectBilledExactly();
  });
}

async function expectNothingLost(rig: Rig): Promise<void> {
  const { prometheus, stack, servers } = rig;
  await prometheus.stopScraping();
  await prometheus.untilAllSent();
  await untilProcessed(stack.sqsEndpoint, servers.stage);
  const { scraped, billed } = await rig.bills();
  expect(billed).toEqual(scraped);
  const samples = await rig.samplesSince();
  expect(samples.stored).toBe(samples.scraped);
  expect(samples.stored).toBeGreaterThan(1_000);
  expect(await countMessages(stack.sqsEndpoint, deadLetterQueue(servers.stage))).toBe(0);
  for (const what of ["failed", "dropped"]) {
    const count = await prometheus.metric(`prometheus_remote_storage_samples_${what}_total`);
    expect({ what, count }).toEqual({ what, count: 0 });
  }
  // The counters begin anew with every start; the log tells of all of them.
  expect(prometheus.log).not.toMatch(/non-recoverable|failed to flush|hard shutdown/i);
}
