// One jest project per test tier: the folder is the tier, and `npm run test:TIER` runs it.
const tier = (name, options = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  testEnvironment: "node",
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
      globalSetup: "<rootDir>/test/support/start-servers.mjs",
      globalTeardown: "<rootDir>/test/support/stop-servers.mjs",
    }),
    tier("e2e"),
  ],
  // The e2e tests mostly wait, and leave a core to the others. jest would leave one unused.
  maxWorkers: "100%",
  // More runs of a property take longer, see test/support/properties.ts.
  testTimeout: 60_000 * Math.max(1, Number(process.env.PROPERTY_RUNS_FACTOR) || 1),
};
