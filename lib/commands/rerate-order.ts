import type { PastPrice } from "../billing/rerate-plan.ts";
import { readPrice } from "../settings/price.ts";
import { checkOrder, type RerateOrder } from "../usecases/operations/rerate.ts";
import { Arguments } from "./arguments.ts";

const usage = `Usage: npm run rerate -- (--project NAME | --site S | --all) --since T
         --actor A --reason TEXT [--price METRIC=CREDITS@T]... [--dry-run]

Bills anew what was used since an instant (RFC 3339): at today's tariffs, or at the prices given, each
from its instant on until the next one that is recorded. Stopped by Ctrl-C, it goes on when the same
command is given again.`;

export interface RerateRequest {
  readonly order: RerateOrder;
  /** Whether to say only what the order would change. */
  readonly dryRun: boolean;
}

/** The order in the arguments of `npm run rerate`; throws where they make none. */
export function readRerateOrder(values: string[]): RerateRequest {
  const texts = ["project", "site", "since", "actor", "reason", "price"];
  const args = new Arguments(usage, texts, ["all", "dry-run"], values);
  const scope = { projectName: args.text("project"), site: args.text("site") };
  const isNarrowed = scope.projectName !== null || scope.site !== null;
  if (isNarrowed === args.has("all")) throw args.wrong("give --project, --site or --all");
  const sinceMs = args.instant("since");
  const prices = args.texts("price").map((text) => readPastPrice(args, text));
  const [actor, reason] = [args.required("actor"), args.required("reason")];
  const order = { scope, sinceMs, prices, actor, reason };
  checkOrder(order, Date.now());
  return { order, dryRun: args.has("dry-run") };
}

function readPastPrice(args: Arguments, text: string): PastPrice {
  const [, metric, price = "", from] = /^(.+)=([^=@]+)@([^@]+)$/.exec(text) ?? [];
  const credits = readPrice(price);
  if (metric === undefined || credits === undefined || from === undefined) {
    throw args.wrong("--price must be such as project_vcpu_usage=0.5@2026-11-01T00:00:00Z");
  }
  return { metric, credits, fromMs: args.toInstant("the instant of --price", from) };
}
