import { findNodeAtLocation, parse, parseTree, type JSONPath, type Node, type ParseError } from 'jsonc-parser';
import { AppError } from '../../core/errors';
import { isObject } from '../../core/records/isObject';

export type JsonObject = Readonly<Record<string, unknown>>;

const options = { allowTrailingComma: true, disallowComments: false };

/** JSON with comments, as editors keep their settings. @throws invalidInput when it is none, or no object */
export function parseJson(text: string | undefined, file: string): JsonObject {
  if (text === undefined || text.trim() === '') return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, options);
  const first = errors[0];
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length;
    throw new AppError('invalidInput', `${file}:${line} is no JSON: mend it first, nothing was written.`);
  }
  if (isObject(value)) return value;
  throw new AppError('invalidInput', `${file} holds no JSON object: nothing was written.`);
}

/**
 * The text with one value more, less, or another one: every byte besides stays, and what was added and is taken away again leaves none.
 * By the places of the values in the text, as jsonc-parser's own edits write anew what lies around, and end in no JSON where the last of
 * a list on one line goes.
 *
 * @param value undefined takes it away
 * @param isInsertion at the end of a list
 * @throws conflict where something else would change as well
 */
export function withValue(text: string | undefined, path: JSONPath, value: unknown, isInsertion = false): string {
  const before = text === undefined || text.trim() === '' ? '{}\n' : text;
  const root = parseTree(before, [], options);
  if (!root) throw notSure();
  const node = isInsertion ? undefined : findNodeAtLocation(root, path);
  const after =
    value === undefined
      ? node
        ? withoutNode(before, node)
        : before
      : node
        ? put(before, node.offset, end(node), styled(value, before, node))
        : withMember(before, root, path, value);
  const errors: ParseError[] = [];
  const isMeant = JSON.stringify(parse(after, errors, options)) === JSON.stringify(meant(parse(before), path, value));
  if (errors.length > 0 || !isMeant) throw notSure();
  return after;
}

/** Whether anything is left that somebody wrote: a value or a comment. */
export function isBare(text: string): boolean {
  return /^\s*\{\s*\}\s*$/.test(text);
}

function notSure(): AppError {
  return new AppError(
    'conflict',
    'It is not sure that all else in the file would stay as it is (does a name stand in it twice?): nothing was written.',
  );
}

/** The same change to what the text says. */
function meant(before: unknown, path: JSONPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(before)) {
    const list: readonly unknown[] = before;
    const index = Number(key);
    const each = meant(list[index], rest, value);
    return [...list.slice(0, index), ...(each === undefined ? [] : [each]), ...list.slice(index + 1)];
  }
  const known = isObject(before) ? before : {};
  return { ...known, [key]: meant(known[key], rest, value) };
}

/** At the end of the deepest object or list that is there. */
function withMember(text: string, root: Node, path: JSONPath, value: unknown): string {
  let depth = path.length - 1;
  let container = findNodeAtLocation(root, path.slice(0, depth));
  while (!container && depth > 0) container = findNodeAtLocation(root, path.slice(0, --depth));
  if (container?.type !== 'object' && container?.type !== 'array') throw notSure();
  const whole = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const name = container.type === 'object' ? JSON.stringify(String(path[depth])) : undefined;
  const eol = eolOf(text);
  const last = container.children?.at(-1);
  const indent = last ? indentOf(text, last) : indentOf(text, container) + unitOf(text);
  // What is on one line stays there.
  const isOneLine = last !== undefined && !isOnLinesOf(text, container);
  const written = isOneLine ? JSON.stringify(whole) : indented(whole, text, indent);
  const member = name === undefined ? written : `${name}: ${written}`;
  if (last) return put(text, end(last), end(last), `,${isOneLine ? ' ' : eol + indent}${member}`);
  const inner = text.slice(container.offset + 1, end(container) - 1);
  // Behind it stays what stood there; a comment keeps its line.
  const tail = inner.trim() !== '' || inner.includes('\n') ? '' : eol + indentOf(text, container);
  return put(text, container.offset + 1, container.offset + 1, `${eol}${indent}${member}${tail}`);
}

function withoutNode(text: string, node: Node): string {
  const member = node.parent?.type === 'property' ? node.parent : node;
  const container = member.parent;
  const members = container?.children;
  if (!container || !members) throw notSure();
  const index = members.indexOf(member);
  const [previous, next] = [members[index - 1], members[index + 1]];
  if (previous) {
    const between = text.slice(end(previous), member.offset);
    if (/^\s*,\s*$/.test(between)) return put(text, end(previous), end(member), '');
    // Somebody's comment lies between: it stays.
    const rest = put(text, member.offset, end(member), '');
    return withoutComma(rest, end(previous), member.offset);
  }
  if (next) {
    const between = text.slice(end(member), next.offset);
    if (/^\s*,\s*$/.test(between)) return put(text, member.offset, next.offset, '');
    return withoutComma(put(text, member.offset, end(member), ''), member.offset, next.offset - member.length);
  }
  const start = container.offset + 1;
  const rest = withoutComma(
    put(text, member.offset, end(member), ''),
    member.offset,
    end(container) - 1 - member.length,
  );
  const close = end(container) - 1 - (text.length - rest.length);
  if (rest.slice(start, close).trim() === '') return put(rest, start, close, '');
  const lead = rest.slice(start, member.offset);
  return lead.trim() === '' ? put(rest, start, member.offset, '') : rest;
}

/** The comma that is in a part of the text and in no comment. */
function withoutComma(text: string, start: number, close: number): string {
  const part = text
    .slice(start, close)
    .replace(/\/\/[^\n\r]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, (each) => ' '.repeat(each.length));
  const comma = part.indexOf(',');
  return comma < 0 ? text : put(text, start + comma, start + comma + 1, '');
}

function put(text: string, start: number, close: number, piece: string): string {
  return text.slice(0, start) + piece + text.slice(close);
}

function end(node: Node): number {
  return node.offset + node.length;
}

function styled(value: unknown, text: string, node: Node): string {
  return indented(value, text, indentOf(text, node));
}

function indented(value: unknown, text: string, indent: string): string {
  return JSON.stringify(value, undefined, unitOf(text)).replaceAll('\n', eolOf(text) + indent);
}

/** Whether what it holds stands on lines of its own. */
function isOnLinesOf(text: string, container: Node): boolean {
  const first = container.children?.[0];
  return first !== undefined && text.slice(container.offset, first.offset).includes('\n');
}

/** Of the line on which it begins. */
function indentOf(text: string, { offset }: Node): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function unitOf(text: string): string {
  return /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
