/** The bytes, or the count that was stored beside them, are not what `appendSamples` has written. */
export class DamagedSegment extends Error {
  override readonly name = "DamagedSegment";
  /** Which byte of the segment was found to be wrong, counted from 0. */
  readonly at: number;

  constructor(at: number, reason: string) {
    super(`byte ${at}: ${reason}`);
    this.at = at;
  }
}
