import { type ReadVariable, text } from "../config.ts";

/** By whose calendar the months of statements are cut, as the IANA names it. */
export function readStatementTimezone(read: ReadVariable): string {
  const timeZone = text(read, "STATEMENT_TIMEZONE") ?? "UTC";
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch (cause) {
    throw new Error("STATEMENT_TIMEZONE must be a name such as Europe/Berlin or UTC", { cause });
  }
}
