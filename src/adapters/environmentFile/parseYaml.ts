import { isPair, parseDocument, visit, YAMLMap } from 'yaml';
import type { Node } from 'yaml';
import { AppError } from '../../core/errors';
import type { PlainValue } from '../../core/proposedFile';

/**
 * With all that aliases repeat: more is a text that wants to fill the memory. The library's own limit is on the number of aliases, and a
 * compose file of seventy services that share their parts is beyond it.
 */
const maxValues = 200_000;

/**
 * One document of YAML as plain values. A node with a tag of Compose's becomes a mapping of that one key; other tags are read over.
 * @throws invalidInput with the line
 */
export function parseYaml(text: string, name: string): PlainValue {
  const document = parseDocument(text, { merge: true, uniqueKeys: true, logLevel: 'silent' });
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    const [said = ''] = error.message.split('\n', 1);
    throw new AppError('invalidInput', `${name}:${line}: no valid YAML: ${said.replace(/ at line \d+.*$/, '')}`);
  }
  visit(document, { Node: (key, node) => (key === 'key' ? undefined : marked(node)) });
  try {
    return plain(document.toJS({ maxAliasCount: -1 }), { left: maxValues });
  } catch (cause) {
    if (cause instanceof TooManyValues)
      throw new AppError('invalidInput', `${name}: repeats its parts by aliases more often than is read`, { cause });
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('invalidInput', `${name}: cannot be read: ${said}`, { cause });
  }
}

/** A node that says that it resets or replaces what another file says: as a mapping that says so. */
function marked(node: Node): Node | undefined {
  if (isPair(node) || !('tag' in node)) return undefined;
  const { tag } = node;
  if (tag !== '!reset' && tag !== '!override') return undefined;
  delete node.tag;
  const wrapped = new YAMLMap();
  wrapped.set(tag, tag === '!reset' ? null : node);
  return wrapped;
}

class TooManyValues extends Error {}

/** Dates and the like become text; what has no counterpart becomes null. */
function plain(value: unknown, budget: { left: number }): PlainValue {
  if (--budget.left < 0) throw new TooManyValues('more values than are read');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((inner) => plain(inner, budget));
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner, budget)]));
}
