const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;

/**
 * A reporter of jest: how long the test files of each tier ran. Files run side by side and tiers overlap,
 * so the sum of the files is more than the time that passed.
 */
export default class TierTimes {
  #tiers = new Map();

  onTestResult({ context }, { perfStats }) {
    const name = context.config.displayName?.name;
    const tier = this.#tiers.get(name) ?? { files: 0, sumMs: 0, start: Infinity, end: 0 };
    this.#tiers.set(name, {
      files: tier.files + 1,
      sumMs: tier.sumMs + perfStats.end - perfStats.start,
      start: Math.min(tier.start, perfStats.start),
      end: Math.max(tier.end, perfStats.end),
    });
  }

  onRunComplete() {
    for (const [name, { files, sumMs, start, end }] of this.#tiers) {
      const passed = seconds(end - start);
      process.stderr.write(`Tier ${name}: ${files} files ran ${seconds(sumMs)} within ${passed}\n`);
    }
  }
}
