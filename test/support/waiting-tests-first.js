import Sequencer from "@jest/test-sequencer";

/**
 * jest begins with the files that took longest, and on a clean checkout, where it knows of none, with the
 * largest ones. The e2e tests are small and take longest, because they mostly wait: begun last, they would
 * wait alone.
 */
export default class WaitingTestsFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const waits = ({ context }) => context.config.displayName?.name === "e2e";
    return [...sorted.filter(waits), ...sorted.filter((test) => !waits(test))];
  }
}
