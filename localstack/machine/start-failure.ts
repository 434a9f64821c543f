/** The stack cannot start. The message is one sentence that says what to change; it is all that is shown. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}

/** The system's or the database's code of an error: `ECONNREFUSED`, `28P01`; else its message. */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  if ("errors" in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return errorCode(error.errors[0]);
  }
  if ("code" in error && typeof error.code === "string") return error.code;
  return "message" in error ? String(error.message) : String(error);
}
