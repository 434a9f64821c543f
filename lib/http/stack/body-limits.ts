/** How many bytes one body may have. */
export const bodyLimits = {
  /** As it was sent. Lambda takes 6 MB per invocation, and a binary body grows by a third in base64. */
  bytesMax: 4 * 1024 * 1024,
  /** After inflating. */
  inflatedBytesMax: 32 * 1024 * 1024,
  /** Of an estimate, a grant or an adjustment: they are short, and read by a parser that is slow. */
  shortBytesMax: 64 * 1024,
} as const;
