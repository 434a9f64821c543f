import { demoStates } from "./demo-states.ts";
import { demoProjects } from "./demo-usage.ts";

/** The share of its grant that a project has used after four weeks, chosen so that each kind of notice occurs. */
const shares: Readonly<Record<string, number>> = {
  "Mikrobiom Köln": 0.55,
  "Straßenbäume, Berlin": 0.3,
  "O'Brien's folding lab": 0.8,
  '"Genome" Atlas': 0.95,
  "teaching 2026": 1.1,
  "single-cell": 0.1,
};
const hours = 28 * 24;
const busyShare = 0.575;
const gibPrice = 0.3;

const ofStates = Object.values(demoStates).flatMap(({ name, granted }) =>
  granted === null ? [] : [[name, `${granted}.0`] as const],
);

/** Project → granted credits, as the demo's portal answers them. */
export const demoGrants: ReadonlyMap<string, string> = new Map([
  ...ofStates,
  ...Object.entries(shares).map(([name, share]) => {
    const perHour = demoProjects
      .filter(({ projectName }) => projectName === name)
      .reduce((sum, { vcpus, gib }) => sum + vcpus + gib * gibPrice, 0);
    return [name, `${Math.round((perHour * busyShare * hours) / share)}.0`] as const;
  }),
]);
