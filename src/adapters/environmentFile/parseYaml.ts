import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, visit, YAMLMap } from 'yaml';
import type { Alias, Node } from 'yaml';
import { AppError } from '../../core/errors';
import type { PlainValue } from '../../core/proposedFile';

/** With all that aliases repeat and merges bring: more is a text that wants to fill the memory or to take the time. */
const maxValues = 200_000;

/**
 * One document of YAML as plain values. A node with a tag of Compose's becomes a mapping of that one key; other tags are read over.
 *
 * Aliases and merges are followed here and not by the library, which walks the whole document for each of them, and keys are compared here,
 * since the library compares each with each: a small text could take minutes so. Its limit on the number of aliases is no help: a compose
 * file of seventy services that share their parts is beyond it.
 *
 * @throws invalidInput with the line
 */
export function parseYaml(text: string, name: string): PlainValue {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const invalid = (line: number, said: string) =>
    new AppError('invalidInput', `${name}:${line}: no valid YAML: ${said}`);
  const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error) {
    const [said = ''] = error.message.split('\n', 1);
    throw invalid(error.linePos?.[0].line ?? 1, said.replace(/ at line \d+.*$/, ''));
  }
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (key, node) => {
      const wrapped = key === 'key' ? undefined : marked(node);
      if (wrapped) return wrapped;
      if (isMap(node)) {
        const repeated = repeatedKey(node);
        if (repeated) throw invalid(lineAt(repeated.range?.[0] ?? 0), 'Map keys must be unique');
      }
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node);
      return undefined;
    },
  });
  try {
    return new PlainValues(targets).of(document.contents);
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

/** A merge's key is a symbol of its own each time, so that there may be several. */
function repeatedKey(map: YAMLMap): Node | undefined {
  const known = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (known.has(key.value)) return key;
    known.add(key.value);
  }
  return undefined;
}

class TooManyValues extends Error {}

/** Each value, each key that a merge brings and each character of a key that is a collection counts against the same budget. */
class PlainValues {
  readonly #targets: ReadonlyMap<Alias, Node>;
  /** undefined while they are gathered. */
  readonly #fields = new Map<YAMLMap, Map<string, unknown> | undefined>();
  readonly #within = new Set<unknown>();
  #left = maxValues;

  constructor(targets: ReadonlyMap<Alias, Node>) {
    this.#targets = targets;
  }

  of(value: unknown): PlainValue {
    this.#count(1);
    const node = this.#followed(value);
    if (isScalar(node)) return plainScalar(node.value);
    if (isPair(node)) return { [this.#keyOf(node.key)]: this.of(node.value) };
    if (!isSeq(node) && !isMap(node)) return plainScalar(node);
    if (this.#within.has(node)) throw new Error('an alias repeats what it is part of');
    this.#within.add(node);
    const plain = isSeq(node)
      ? node.items.map((item) => this.of(item))
      : Object.fromEntries([...this.#fieldsOf(node)].map(([key, field]) => [key, this.of(field)]));
    this.#within.delete(node);
    return plain;
  }

  /** The nodes of its values, with those that merges bring: its own are before these, wherever they stand. */
  #fieldsOf(map: YAMLMap): Map<string, unknown> {
    const known = this.#fields.get(map);
    if (known) return known;
    if (this.#fields.has(map)) throw new Error('a merge repeats what it is part of');
    this.#fields.set(map, undefined);
    const fields = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      if (!isScalar(key) || typeof key.value !== 'symbol') {
        fields.set(this.#keyOf(key), value);
        continue;
      }
      const source = this.#followed(value);
      for (const one of isSeq(source) ? source.items : [source]) this.#merge(fields, this.#followed(one));
    }
    this.#fields.set(map, fields);
    return fields;
  }

  #merge(fields: Map<string, unknown>, source: unknown): void {
    if (!isMap(source)) throw new Error('Merge sources must be maps or map aliases');
    const brought = this.#fieldsOf(source);
    this.#count(brought.size + 1);
    for (const [key, value] of brought) if (!fields.has(key)) fields.set(key, value);
  }

  #keyOf(key: unknown): string {
    const node = this.#followed(key);
    const plain = this.of(node);
    if (plain === null) return '';
    if (typeof plain !== 'object') return String(plain);
    const text = JSON.stringify(plain);
    this.#count(text.length);
    return text;
  }

  #followed(value: unknown): unknown {
    if (!isAlias(value)) return value;
    const target = this.#targets.get(value);
    if (!target) throw new Error(`Unresolved alias (the anchor must be set before the alias): ${value.source}`);
    return target;
  }

  #count(values: number): void {
    this.#left -= values;
    if (this.#left < 0) throw new TooManyValues('more values than are read');
  }
}

/** Dates and the like become text; what has no counterpart becomes null. */
function plainScalar(value: unknown): PlainValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  return value instanceof Date ? value.toISOString() : null;
}
