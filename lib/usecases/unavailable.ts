/** The queue or the database does not answer now; the same call may succeed later. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
