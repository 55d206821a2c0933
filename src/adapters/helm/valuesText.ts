import { AppError } from '../../core/errors';
import { isObject } from '../../core/records/isObject';

/**
 * Values as the text of a file for Helm, which reads JSON as YAML. There some characters that JSON leaves as they are end a
 * line (U+0085, U+2028, U+2029): escaped, they mean the same in both. Others cannot be had in YAML at all.
 *
 * @throws invalidInput for a control character that Helm cannot take
 */
export function valuesText(values: object): string {
  const text = JSON.stringify(values);
  // JSON.stringify escapes half of a surrogate pair, which no YAML can hold; a backslash of the text itself is doubled.
  const [forbidden] =
    /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]|(?<=(?<!\\)(?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/.exec(text) ?? [];
  if (forbidden !== undefined) {
    const where = text.slice(0, text.indexOf(forbidden)).match(/"([^"\\]{1,40})":[^:]*$/)?.[1];
    const code = forbidden.startsWith('\\') ? forbidden.slice(2) : escaped(forbidden).slice(2);
    throw new AppError(
      'invalidInput',
      `Helm cannot take the character U+${code.toUpperCase()}${where === undefined ? '' : ` in "${where}"`}: rename what holds it.`,
    );
  }
  return text.replace(/[\u0085\u2028\u2029\ufeff]/g, escaped);
}

/** What `helm get values --output json` says: `null` where a release has none of its own. undefined: it is no such thing. */
export function parseValues(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (parsed === null) return {};
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
