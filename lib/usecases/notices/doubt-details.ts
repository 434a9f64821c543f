import type { DecimalText } from "../../billing/decimal.ts";
import type { DoubtKind } from "./notice.ts";

/** The keys that reported a series last, as far as they are known. */
export interface Senders {
  readonly lastKey: string | null;
  readonly keyBefore: string | null;
}

/** What is known of a doubt. Times in Unix milliseconds. */
export type DoubtFacts =
  | { readonly kind: "held"; readonly count: number; readonly credits: DecimalText }
  | ({ readonly kind: "two-senders"; readonly dips: number; readonly hourMs: number } & Senders)
  | ({ readonly kind: "two-sites"; readonly otherSite: string } & Senders)
  | ({
      readonly kind: "large-step";
      readonly fromMs: number;
      readonly untilMs: number;
      readonly fromValue: DecimalText;
      readonly untilValue: DecimalText;
    } & Senders)
  | ({ readonly kind: "corrected"; readonly credits: DecimalText } & Senders);

/** One sentence of what is doubtful. */
export function detailOf(facts: DoubtFacts): string {
  switch (facts.kind) {
    case "held":
      return `${facts.count} increases of ${facts.credits} credits are held`;
    case "two-senders":
      return `it dropped and healed ${facts.dips} times in the hour of ${minute(facts.hourMs)}, each time by more than an hour of its usage${sentBy(facts)}`;
    case "two-sites":
      return `the same counter is also reported under site ${facts.otherSite || "without a name"}${sentBy(facts)}`;
    case "large-step":
      return `it rose from ${facts.fromValue} at ${minute(facts.fromMs)} to ${facts.untilValue} at ${minute(facts.untilMs)}, more than a day's worth of its fastest hour${sentBy(facts)}`;
    case "corrected":
      return `what had been billed changed by ${facts.credits} credits in a day${sentBy(facts)}`;
  }
}

function sentBy({ lastKey, keyBefore }: Senders): string {
  if (lastKey === null) return "";
  if (keyBefore === null || keyBefore === lastKey) return `, sent with key ${lastKey}`;
  return `, sent with keys ${lastKey} and ${keyBefore}`;
}

const minute = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** What an operator can do, a command first where there is one. */
export const remedyOf: Readonly<Record<DoubtKind, string>> = {
  held: "npm run holds lists what is held, and accepts or rejects it",
  "two-senders":
    "give each exporter a site of its own and a key that is bound to it; npm run discard takes away what the wrong one sent",
  "two-sites":
    "let the counter be sent under one site only; npm run discard takes away what the other one sent",
  "large-step": "npm run discard takes it away where it is wrong",
  corrected: "npm run discard takes away measurements that are wrong",
};
