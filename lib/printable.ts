/** All that is not seen but moves the cursor, reverses what follows, breaks the line, or hides in a word. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with unseen characters as escapes, for terminals and logs. Its own line breaks and tabs stay. */
export const printable = (text: string): string =>
  text.replace(unseen, (character) =>
    character === "\n" || character === "\t" ? character : escapeOf(character),
  );

function escapeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
