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
    console.error(error instanceof Error ? withCause(error) : String(error));
    process.exitCode = 1;
  }
}

const withCause = ({ message, cause }: Error) =>
  cause instanceof Error ? `${message}: ${cause.message}` : message;
