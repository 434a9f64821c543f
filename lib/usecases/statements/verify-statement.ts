import { parseCredits } from "../../billing/credits.ts";
import type { StatementJson } from "./statement-json.ts";
import type { HashText } from "./statement-text.ts";

/** The hash stands last, and stands for all before it. */
const ending = /,"sha256":"([0-9a-f]{64})"\}$/;

/** What is wrong with a closed statement by itself; nothing: hash and sums are right. */
export function statementFaults(
  text: string,
  statement: StatementJson,
  hashOf: HashText,
): readonly string[] {
  const [end, named] = ending.exec(text) ?? [];
  if (end === undefined)
    return ["it has no sha256 at its end: it is open, or its text was changed"];
  const sha256 = hashOf(`${text.slice(0, -end.length)}}`);
  return [
    ...(sha256 === named ? [] : [`its sha256 is ${sha256}, but it names ${named}`]),
    ...sumFaults(statement),
  ];
}

function sumFaults({ opening, usage, corrections, adjustments, closing }: StatementJson): string[] {
  const sum = (lines: readonly { readonly credits: string }[]) =>
    lines.reduce((all, { credits }) => all + parseCredits(credits), 0n);
  const amounts = sum([...usage, ...corrections, ...adjustments]);
  const used = parseCredits(opening.used) + amounts;
  const faults = usage.flatMap(({ metric, credits, by_site }) =>
    sum(by_site) === parseCredits(credits) ? [] : [`the sites of ${metric} do not add up`],
  );
  return used === parseCredits(closing.used)
    ? faults
    : [...faults, "the amounts do not add up to closing.used"];
}

/** What is wrong between statements of one project, in the order of their months. */
export function chainFaults(statements: readonly StatementJson[]): readonly string[] {
  return statements.slice(1).flatMap((statement, index) => {
    const before = statements[index] as StatementJson;
    const place = `${before.month} → ${statement.month}`;
    if (statement.project_name !== before.project_name) return [`${place}: another project`];
    return [
      ...(statement.previous_sha256 === before.sha256 ? [] : [`${place}: the hashes do not chain`]),
      ...(parseCredits(statement.opening.used) === parseCredits(before.closing.used)
        ? []
        : [`${place}: opening.used is not closing.used of the month before`]),
    ];
  });
}
