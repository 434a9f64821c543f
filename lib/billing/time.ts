export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** The start of the UTC hour that contains the instant; a full hour belongs to the hour that begins. */
export const hourOf = (timeMs: number): number => Math.floor(timeMs / hourMs) * hourMs;
