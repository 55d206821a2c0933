import { isPlainList, isPlainMapping, type PlainValue } from '../../../core/proposedFile';

export type LookUp = (name: string) => string | undefined;

/** What stands in a text for a variable whose value is not known, or is nobody else's business. */
const open = '\uE000';
const close = '\uE001';
const marked = /\uE000([^\uE001]*)\uE001/g;

const variableName = /[A-Za-z_][A-Za-z0-9_]*/y;
const operators = [':-', ':?', ':+', '-', '?', '+'] as const;

/** Nobody writes so many defaults of defaults: deeper is a mistake, or means harm. */
const maxDepth = 50;

/**
 * `$NAME`, `${NAME}`, `${NAME:-default}` and its kin, `$$`: as Compose reads them. A variable that is not known is left as a mark
 * (`unknownVariables`). @throws RangeError for braces that hold no variable
 */
export function interpolateText(text: string, lookUp: LookUp): string {
  return text.includes('$') ? new Interpolation(text, lookUp).between(0, text.length, 0) : text;
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

/** Of one text, in which each brace is looked for once, however deep they stand in each other. */
class Interpolation {
  readonly #ends: ReadonlyMap<number, number>;

  constructor(
    private readonly text: string,
    private readonly lookUp: LookUp,
  ) {
    this.#ends = endsOfBraces(text);
  }

  between(start: number, end: number, depth: number): string {
    const { text, lookUp } = this;
    let result = '';
    for (let at = start; at < end;) {
      const sign = text.indexOf('$', at);
      if (sign < 0 || sign >= end) return result + text.slice(at, end);
      result += text.slice(at, sign);
      const next = sign + 1 < end ? text[sign + 1] : undefined;
      if (next === '$') {
        result += '$';
        at = sign + 2;
      } else if (next === '{') {
        const close = this.#ends.get(sign + 1);
        if (close === undefined)
          throw new RangeError(`has a "\${" that is not closed (${shown(text.slice(sign, end))})`);
        result += this.#valueOf(sign + 2, close, depth + 1);
        at = close + 1;
      } else {
        // A dollar sign that begins nothing, such as that of a shell's $(date), is one.
        const name = this.#nameAt(sign + 1, end);
        result += name === '' ? '$' : (lookUp(name) ?? mark(name));
        at = sign + 1 + name.length;
      }
    }
    return result;
  }

  #nameAt(start: number, end: number): string {
    variableName.lastIndex = start;
    return (variableName.exec(this.text)?.[0] ?? '').slice(0, end - start);
  }

  #valueOf(start: number, end: number, depth: number): string {
    const { text, lookUp } = this;
    const inside = (from: number): string => shown(text.slice(from, end));
    if (depth > maxDepth) throw new RangeError(`has "\${" in each other, more than ${maxDepth} deep`);
    const name = this.#nameAt(start, end);
    if (name === '') throw new RangeError(`has a "\${…}" without a variable's name (${inside(start)})`);
    const from = start + name.length;
    const operator = operators.find((each) => from + each.length <= end && text.startsWith(each, from));
    if (operator === undefined && from < end)
      throw new RangeError(`has a "\${${inside(start)}}" that Compose does not know`);
    const value = lookUp(name);
    const isSet = value !== undefined && !(operator?.startsWith(':') && value === '');
    const word = (): string => this.between(from + (operator?.length ?? 0), end, depth);
    if (operator?.endsWith('-')) return isSet ? value : word();
    if (operator?.endsWith('+')) return isSet ? word() : '';
    return isSet ? value : mark(name);
  }
}

/** Index of the brace that closes each: what stands for a missing value may have variables of its own. */
function endsOfBraces(text: string): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') open.push(at);
    const start = text[at] === '}' ? open.pop() : undefined;
    if (start !== undefined) ends.set(start, at);
  }
  return ends;
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
