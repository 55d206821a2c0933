import { isPlainList, isPlainMapping, type PlainValue } from '../../../core/proposedFile';

export type LookUp = (name: string) => string | undefined;

/** What stands in a text for a variable whose value is not known, or is nobody else's business. */
const open = '\uE000';
const close = '\uE001';
const marked = /\uE000([^\uE001]*)\uE001/g;

const variableName = /^[A-Za-z_][A-Za-z0-9_]*/;
const operators = [':-', ':?', ':+', '-', '?', '+'] as const;

/**
 * `$NAME`, `${NAME}`, `${NAME:-default}` and its kin, `$$`: as Compose reads them. A variable that is not known is left as a mark
 * (`unknownVariables`). @throws RangeError for braces that hold no variable
 */
export function interpolateText(text: string, lookUp: LookUp): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const sign = text.indexOf('$', at);
    if (sign < 0) return result + text.slice(at);
    result += text.slice(at, sign);
    const rest = text.slice(sign + 1);
    if (rest.startsWith('$')) {
      result += '$';
      at = sign + 2;
    } else if (rest.startsWith('{')) {
      const end = endOfBraces(rest);
      result += valueOf(rest.slice(1, end), lookUp);
      at = sign + 1 + end + 1;
    } else {
      // A dollar sign that begins nothing, such as that of a shell's $(date), is one.
      const name = variableName.exec(rest)?.[0] ?? '';
      result += name === '' ? '$' : (lookUp(name) ?? mark(name));
      at = sign + 1 + name.length;
    }
  }
  return result;
}

/** In all texts of a value, keys left alone. @throws RangeError */
export function interpolate(value: PlainValue, lookUp: LookUp): PlainValue {
  if (typeof value === 'string') return interpolateText(value, lookUp);
  if (isPlainList(value)) return value.map((item) => interpolate(item, lookUp));
  if (!isPlainMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolate(inner, lookUp)]));
}

export function unknownVariables(text: string): string[] {
  return [...text.matchAll(marked)].map(([, name = '']) => name);
}

/** As Compose does it after a warning: what is not known is empty. */
export function withoutMarks(text: string): string {
  return text.replace(marked, '');
}

/** The same in all texts of a value. */
export function unmarked(value: PlainValue): PlainValue {
  if (typeof value === 'string') return withoutMarks(value);
  if (isPlainList(value)) return value.map(unmarked);
  if (!isPlainMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmarked(inner)]));
}

function mark(name: string): string {
  return `${open}${name}${close}`;
}

/** Index of the brace that closes the first one: what stands for a missing value may have variables of its own. */
function endOfBraces(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return at;
  }
  throw new RangeError(`has a "\${" that is not closed (${shown(`$${text}`)})`);
}

function valueOf(inside: string, lookUp: LookUp): string {
  const name = variableName.exec(inside)?.[0];
  if (name === undefined) throw new RangeError(`has a "\${…}" without a variable's name (${shown(inside)})`);
  const rest = inside.slice(name.length);
  const operator = operators.find((each) => rest.startsWith(each));
  if (operator === undefined && rest !== '')
    throw new RangeError(`has a "\${${shown(inside)}}" that Compose does not know`);
  const value = lookUp(name);
  const isSet = value !== undefined && !(operator?.startsWith(':') && value === '');
  const word = (): string => interpolateText(rest.slice(operator?.length ?? 0), lookUp);
  if (operator?.endsWith('-')) return isSet ? value : word();
  if (operator?.endsWith('+')) return isSet ? word() : '';
  return isSet ? value : mark(name);
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
