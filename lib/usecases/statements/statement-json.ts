import type { DecimalText } from "../../billing/decimal.ts";

interface AmountsJson {
  readonly usage: DecimalText;
  readonly credits: DecimalText;
}

interface BalanceJson {
  readonly used: DecimalText;
  readonly granted: DecimalText | null;
}

/** A statement as it is handed out, read back: amounts are the digits that stand in it. */
export interface StatementJson {
  readonly project_name: string;
  readonly month: string;
  readonly timezone: string;
  readonly from: string;
  readonly until: string;
  readonly state: "open" | "closed";
  readonly closed_at: string | null;
  readonly previous_sha256: string | null;
  readonly coverage: "full" | "partial" | "none";
  readonly opening: BalanceJson;
  readonly usage: readonly (AmountsJson & {
    readonly metric: string;
    readonly unit: string | null;
    readonly by_site: readonly (AmountsJson & { readonly site: string })[];
  })[];
  readonly corrections: readonly (AmountsJson & {
    readonly month: string;
    readonly metric: string;
    readonly unit: string | null;
    readonly site: string;
  })[];
  readonly adjustments: readonly {
    readonly at: string;
    readonly credits: DecimalText;
    readonly reason: string;
    readonly actor: string;
  }[];
  readonly grants: readonly {
    readonly at: string;
    readonly granted_credits: DecimalText;
    readonly reason: string;
    readonly actor: string;
  }[];
  readonly closing: BalanceJson & { readonly remaining: DecimalText | null };
  readonly sha256: string | null;
}
