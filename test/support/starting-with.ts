/** Matches texts that begin with this one, digit by digit. */
export const startingWith = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`);
