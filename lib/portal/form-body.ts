/** An `application/x-www-form-urlencoded` body as Python's `urlencode` writes it, in the given order. */
export const formBody = (fields: readonly (readonly [string, string])[]): string =>
  fields.map((pair) => pair.map(quotePlus).join("=")).join("&");

/** Letters, digits and `_.-~` stay, a space is `+`; encodeURIComponent leaves `!'()*`, too. */
const quotePlus = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
