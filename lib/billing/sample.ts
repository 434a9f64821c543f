/** One measurement of one series. */
export interface Sample {
  /** Unix time in whole milliseconds. */
  readonly timeMs: number;
  /** At VALUE_SCALE. */
  readonly value: bigint;
}

/** A drop of which nobody knows yet whether it is a dip or a reset. */
export interface OpenDrop {
  /** The last measurement before the drop. */
  readonly peak: Sample;
  /** Time of the first lower measurement: the dip window counts from here. */
  readonly droppedAtMs: number;
}
