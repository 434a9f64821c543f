import { printable } from "../printable.ts";
import { UsageAsked } from "./arguments.ts";

/** Runs a command; a failure is one message on standard error and exit code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (error instanceof UsageAsked) {
      console.log(error.message);
      return;
    }
    console.error(printable(error instanceof Error ? withCause(error) : String(error)));
    process.exitCode = 1;
  }
}

function withCause(error: Error): string {
  const { message, cause } = error;
  if (cause instanceof Error) return `${message}: ${cause.message}`;
  // "connect ECONNREFUSED 127.0.0.1:5432" alone does not say that this is the database.
  return "syscall" in error ? `the database is not available: ${message}` : message;
}
