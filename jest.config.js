import { availableParallelism } from "node:os";

// Kept from run to run, as a developer's stack does: a command that a test starts takes 100 ms instead of
// 300, a stack a second less.
process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/node_modules/.cache/openstack-credits-test`;

// One jest project per test tier: the folder is the tier, and `npm run test:TIER` runs it.
const tier = (name, options = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  testEnvironment: "<rootDir>/test/support/plain-globals-environment.js",
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2024" } }],
  },
  ...options,
});

export default {
  projects: [
    tier("unit"),
    tier("property"),
    tier("integration", {
      globalSetup: "<rootDir>/test/support/servers/start-servers.mjs",
      globalTeardown: "<rootDir>/test/support/servers/stop-servers.mjs",
    }),
    tier("e2e", {
      // Tests that stop the embedded database would only say the same again beside a given one.
      testPathIgnorePatterns: [
        "/node_modules/",
        ...(process.env.DATABASE_URL ? ["/e2e/embedded/"] : []),
      ],
    }),
    // Asked for by name only: no npm package brings a Prometheus.
    tier("prometheus"),
    // So are these: no npm package brings the browser.
    tier("browser"),
  ],
  reporters: ["default", "<rootDir>/test/support/tier-times.mjs"],
  testSequencer: "<rootDir>/test/support/waiting-tests-first.js",
  // One more than there are cores, because the e2e tests mostly wait; jest would leave a core unused.
  // More than eight could use up PostgreSQL's hundred connections.
  maxWorkers: Math.min(availableParallelism() + 1, 8),
  // For what hangs: many times what a test takes, so that a slow machine is no failure. More runs of a
  // property take longer, see test/support/properties.ts.
  testTimeout: 180_000 * Math.max(1, Number(process.env.PROPERTY_RUNS_FACTOR) || 1),
};
