import { AppError } from '../errors';

/**
 * A value as it stands in quotes in a PromQL or LogQL selector. Both take Go's double-quoted strings: backslash, quote and
 * control characters escaped, anything else as it is.
 */
export function quoted(value: string): string {
  let text = '';
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\\' || character === '"') text += `\\${character}`;
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029)
      text += `\\u${code.toString(16).padStart(4, '0')}`;
    else if (code >= 0xd800 && code < 0xe000) text += '\\ufffd';
    else text += character;
  }
  return `"${text}"`;
}

/**
 * `{a="1",b=~"2.."}`, each value escaped.
 *
 * @param patterns labels whose value must match a regular expression
 * @throws bug when a label is no name of Prometheus or Loki
 */
export function selector(
  labels: Readonly<Record<string, string>>,
  patterns: Readonly<Record<string, string>> = {},
): string {
  const all = [
    ...Object.entries(labels).map(([label, value]) => ({ label, operator: '=', value })),
    ...Object.entries(patterns).map(([label, value]) => ({ label, operator: '=~', value })),
  ];
  const matchers = all.map(({ label, operator, value }) => {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) throw new AppError('bug', `${JSON.stringify(label)} is no label.`);
    return label + operator + quoted(value);
  });
  return `{${matchers.join(',')}}`;
}
