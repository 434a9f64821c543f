import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** `!Ref MeasurementsQueue` and `!GetAtt MeasurementsQueue.Arn`: a resource of the same file. */
export interface Reference {
  readonly resource: string;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: Reference;
}

export interface Role {
  readonly ManagedPolicyArns: string | readonly string[];
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: Statement[] } }[];
}

export interface ServiceFunction {
  readonly timeout?: number;
  readonly vpc?: string;
  readonly role: string;
  readonly events?: readonly {
    readonly httpApi?: string;
    readonly schedule?: string;
    readonly sqs?: { readonly arn: Reference };
  }[];
  readonly environment?: string | Readonly<Record<string, string>>;
}

const referenceTags = ["!Ref", "!GetAtt"].map((tag) => ({
  tag,
  resolve: (text: string) => ({ resource: text.split(".")[0] }),
}));
const file = new URL("../../serverless.yml", import.meta.url);
const service = parse(readFileSync(file, "utf8"), { customTags: referenceTags, logLevel: "error" });

export const serviceFunctions: Readonly<Record<string, ServiceFunction>> = service.functions;
export const functionNames: readonly string[] = Object.keys(serviceFunctions);

/** Route → the function that answers it, as it is deployed. */
export const httpRoutes: ReadonlyMap<string, string> = new Map(
  Object.entries(serviceFunctions).flatMap(([name, { events = [] }]) =>
    events.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [[httpApi, name] as const])),
  ),
);

export function functionNamed(name: string): ServiceFunction {
  const found = serviceFunctions[name];
  if (found === undefined) throw new Error(`serverless.yml has no function ${name}`);
  return found;
}

/** How long AWS lets the function run. */
export const timeoutMsOf = (name: string): number =>
  (functionNamed(name).timeout ?? service.provider.timeout) * 1_000;

export const propertiesOf = (resource: string) => service.resources.Resources[resource].Properties;

export const roleOf = (name: string): Role => propertiesOf(functionNamed(name).role);

/** The functions that nothing invokes but a person. */
export const invokedByHand: readonly string[] = functionNames.filter(
  (name) => serviceFunctions[name]?.events === undefined,
);

/**
 * The whole environment that the function gets from serverless.yml where these variables are set when
 * it is deployed. A queue's URL is the name of its resource.
 */
export function environmentOf(
  name: string,
  given: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const own = resolve(functionNamed(name).environment ?? {}, given);
  const all = { ...service.provider.environment, ...(own as object) };
  return Object.fromEntries(
    Object.entries(all).map(([variable, value]) => {
      const resolved = resolve(value, given);
      if (typeof resolved === "string") return [variable, resolved];
      return [variable, (resolved as Reference).resource];
    }),
  );
}

/** `${env:NAME, 'otherwise'}`, `${env:NAME, self:custom.name}` and `${self:custom.name}`; else as it is. */
export function resolve(value: unknown, given: Readonly<Record<string, string>> = {}): unknown {
  if (typeof value !== "string") return value;
  const [, own] = /^\$\{self:custom\.(\w+)\}$/.exec(value) ?? [];
  if (own !== undefined) return resolve(service.custom[own], given);
  const [, variable, otherwise = ""] = /^\$\{env:(\w+), (.*)\}$/.exec(value) ?? [];
  if (variable === undefined) return value;
  if (given[variable] !== undefined) return given[variable];
  const [, text] = /^'(.*)'$/.exec(otherwise) ?? [];
  return text ?? resolve(`\${${otherwise}}`, given);
}
