/** The stack cannot start or go on. Only the message is shown: one sentence that says what to do. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}

/** The code of a system or database error, such as `ECONNREFUSED` or `28P01`; otherwise its message. */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  if ("errors" in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return errorCode(error.errors[0]);
  }
  if ("code" in error && typeof error.code === "string") return error.code;
  return "message" in error ? String(error.message) : String(error);
}
