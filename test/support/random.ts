/** Whole numbers from 0 to below `end`, and shuffled copies; the same seed gives the same ones. */
export interface Random {
  (end: number): number;
  shuffled<T>(items: readonly T[]): T[];
}

/** mulberry32: small, and good enough to choose what to disturb. */
export function randomOf(seed: number): Random {
  let state = seed;
  const next = (end: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
  return Object.assign(next, {
    shuffled<T>(items: readonly T[]): T[] {
      const copy = [...items];
      for (let index = copy.length - 1; index > 0; index--) {
        const other = next(index + 1);
        [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
      }
      return copy;
    },
  });
}
