import { expect, test } from "@jest/globals";
import {
  checkOrder,
  type RerateOrder,
  RerateRefused,
} from "../../../../lib/usecases/operations/rerate.ts";

const sinceMs = Date.UTC(2026, 10, 1);
const nowMs = Date.UTC(2026, 10, 23);
const price = { metric: "project_vcpu_usage", credits: 1n, fromMs: sinceMs };
const order: RerateOrder = {
  scope: { projectName: null, site: null },
  sinceMs,
  prices: [price],
  actor: "ada",
  reason: "board decision",
};

test.each([
  ["a price from its first instant on", {}],
  ["a price that is nothing", { prices: [{ ...price, credits: 0n }] }],
  ["a price from the future on", { prices: [{ ...price, fromMs: nowMs + 1 }] }],
  ["today's tariff", { prices: [] }],
  ["what begins now", { sinceMs: nowMs, prices: [] }],
])("an order with %s is accepted", (_, change: Partial<RerateOrder>) => {
  expect(() => checkOrder({ ...order, ...change }, nowMs)).not.toThrow();
});

test.each([
  ["begin in the future", { sinceMs: nowMs + 1, prices: [] }],
  ["begins before", { prices: [price, { ...price, fromMs: sinceMs - 1 }] }],
  ["is negative", { prices: [{ ...price, credits: -1n }] }],
  ["an actor", { actor: "" }],
  ["an actor", { actor: " " }],
  ["a reason", { reason: "" }],
  ["a reason", { reason: "\t" }],
])("an order is refused that says: %s", (message, change: Partial<RerateOrder>) => {
  const check = () => checkOrder({ ...order, ...change }, nowMs);
  expect(check).toThrow(RerateRefused);
  expect(check).toThrow(message);
});
