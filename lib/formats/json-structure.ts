const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBracket = 0x5b;
const openBrace = 0x7b;
const closeBracket = 0x5d;
const closeBrace = 0x7d;

/** Opening brackets, opening braces and commas, outside of texts. */
export function countParts(json: string): number {
  let parts = 0;
  for (let index = 0; index < json.length; index += 1) {
    switch (json.charCodeAt(index)) {
      case quote:
        index = findTextEnd(json, index + 1);
        break;
      case comma:
      case openBracket:
      case openBrace:
        parts += 1;
    }
  }
  return parts;
}

/** Are more than so many arrays and objects open at once anywhere? */
export function isNestedDeeper(json: string, depthMax: number): boolean {
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    switch (json.charCodeAt(index)) {
      case quote:
        index = findTextEnd(json, index + 1);
        break;
      case openBracket:
      case openBrace:
        depth += 1;
        if (depth > depthMax) return true;
        break;
      case closeBracket:
      case closeBrace:
        depth -= 1;
    }
  }
  return false;
}

/** The quote that ends a text, which a backslash before it would not; the end where there is none. */
function findTextEnd(json: string, start: number): number {
  for (let index = start; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === quote) return index;
    if (code === backslash) index += 1;
  }
  return json.length;
}
