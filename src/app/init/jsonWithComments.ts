/** JSON as editors write it, with comments and a comma too many. undefined: it is none. */
export function jsonWithComments(text: string): unknown {
  // Texts first, so that what looks like a comment inside of one stays.
  // One that does not end goes to the end, so that no other place of it is tried.
  const token = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
  const plain = text.replace(/^\uFEFF/, '').replace(token, (found) => (found.startsWith('"') ? found : ' '));
  const comma = /"(?:[^"\\\n]|\\.)*"?|,(?=\s*[}\]])/g;
  try {
    return JSON.parse(plain.replace(comma, (found) => (found === ',' ? '' : found)));
  } catch {
    return undefined;
  }
}
