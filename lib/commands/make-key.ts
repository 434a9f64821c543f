import { apiKeyEntry, makeApiKey, parseApiKeys, type Scope } from "../http/stack/api-keys.ts";
import { Arguments } from "./arguments.ts";
import { runCommand } from "./run-command.ts";

const usage = `Usage: npm run make-key -- --id NAME --scope ingest|read|admin [--site SITE]

Makes a key and prints it once, with its entry for API_KEYS. --site: the only site it may report for.`;

/** `npm run make-key`: a key for its owner, and its hash for the configuration. */
await runCommand(async () => {
  const args = new Arguments(usage, ["id", "scope", "site"], [], process.argv.slice(2));
  const site = args.text("site");
  const key = makeApiKey();
  const entry = apiKeyEntry(key, {
    id: args.required("id"),
    scope: args.required("scope") as Scope,
    ...(site === null ? {} : { site }),
  });
  try {
    parseApiKeys(JSON.stringify([entry]));
  } catch (error) {
    const faults = error instanceof AggregateError ? error.errors : [error];
    throw args.wrong(faults.map(({ message }: Error) => message.replace("[0].", "--")).join("\n"));
  }
  if (site !== null && entry.scope !== "ingest") throw args.wrong("--site is for scope ingest");
  console.log(`The key, which is not kept anywhere:\n  ${key}`);
  console.log(`Its entry for the array API_KEYS:\n  ${JSON.stringify(entry)}`);
});
