/** A part that we need (queue, database) does not answer now; the same again may succeed later. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
