import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node, ParsedNode, Scalar, YAMLMap } from 'yaml';
import type { EnvironmentFileProblem } from '../../core/environmentFile';

/** A value of the file; mappings have no prototype, so that a key such as `__proto__` is a key like any other. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

export interface YamlText {
  /** undefined when the text could not be read as one YAML document. */
  readonly value: Value | undefined;
  readonly problems: readonly EnvironmentFileProblem[];
  /** Where the value at a JSON pointer stands, or its key; the nearest one around it when it is not in the text. */
  position(pointer: string, of: 'key' | 'value'): Position;
  /** A scalar as it is written: `1.10` where the value is the number 1.1. */
  source(pointer: string): string | undefined;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** No environment needs more, and with these limits the most hostile file is read in a fraction of a second. */
export const limits = { characters: 32 * 1024, values: 5_000, depth: 20, problems: 100 } as const;

const syntaxMessages: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab cannot indent in YAML: use spaces',
  BAD_INDENT: 'the indentation does not fit: lines of one mapping or list start in one column',
  BLOCK_AS_IMPLICIT_KEY:
    'a mapping cannot start here: quote the text if it has ": " in it, or put it on a line of its own',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line and ends with ":"',
};

interface Place {
  readonly key: number | undefined;
  readonly value: number;
  readonly source: string | undefined;
}

export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Reads YAML 1.2 with merge keys into plain values with their positions. Never throws. */
export function readYaml(text: string): YamlText {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // Counted here: the parser tells its own counter of some line ends twice, or late, when a text is broken.
  const lines = new LineCounter();
  for (let start = 0; start >= 0; start = body.indexOf('\n', start) + 1 || -1) lines.addNewLine(start);
  const places = new Map<string, Place>();
  const problems: EnvironmentFileProblem[] = [];
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report = (offset: number, message: string): void => {
    if (problems.length < limits.problems) problems.push({ ...at(offset), message });
  };
  const result = (value: Value | undefined): YamlText => ({
    value,
    problems,
    position: (pointer, of) => {
      for (let part = pointer; ; part = part.slice(0, part.lastIndexOf('/'))) {
        const place = places.get(part);
        // Once the search has left the value itself, the key of the mapping around it is what a reader looks for.
        if (place) return at(of === 'key' || part !== pointer ? (place.key ?? place.value) : place.value);
        if (part === '') return { line: 1, column: 1 };
      }
    },
    source: (pointer) => places.get(pointer)?.source,
  });

  if (body.length > limits.characters) {
    problems.push({
      line: 1,
      column: 1,
      message: `the file has ${body.length} characters; at most ${limits.characters} are read`,
    });
    return result(undefined);
  }

  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(body);
  if (control) {
    report(
      control.index,
      `a control character (code ${control[0].charCodeAt(0)}) stands in the text; YAML allows none`,
    );
    return result(undefined);
  }

  try {
    // Duplicate keys are looked for below: the parser's own search compares each key with each other one.
    const parsed = parseAllDocuments<ParsedNode>(body, {
      prettyErrors: false,
      uniqueKeys: false,
      merge: true,
      logLevel: 'silent',
    });
    const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
    for (const document of documents) {
      for (const error of [...document.errors, ...document.warnings]) {
        report(error.pos[0], syntaxMessage(error));
      }
    }
    const [document, second] = documents;
    if (second) report(second.range[0], 'a second document starts here; the file is one document');
    if (problems.length > 0) return result(undefined);
    if (!document?.contents) return result(null);
    const value = new Reader(places, report).read(document.contents, [], undefined);
    return result(problems.length > 0 ? undefined : value);
  } catch (error) {
    if (error instanceof Unreadable) report(error.offset, error.message);
    else report(0, syntaxMessage(error instanceof Error ? error : new Error(String(error))));
    return result(undefined);
  }
}

class Unreadable extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Walks the document in its own order, so that an alias means the last anchor of its name before it. */
class Reader {
  readonly #places: Map<string, Place>;
  readonly #report: (offset: number, message: string) => void;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #count = 0;
  #merging = 0;

  constructor(places: Map<string, Place>, report: (offset: number, message: string) => void) {
    this.#places = places;
    this.#report = report;
  }

  read(node: Node | null, path: readonly (string | number)[], key: number | undefined): Value {
    // A value that is not there stands where its key does.
    const isAbsent = node === null || (isScalar(node) && node.value === null && !node.source);
    const start = (isAbsent ? key : undefined) ?? offsetOf(node) ?? key ?? 0;
    if (++this.#count > limits.values) {
      throw new Unreadable(start, `the file has more than ${limits.values} values, those that aliases repeat included`);
    }
    if (path.length > limits.depth) throw new Unreadable(start, `nested deeper than ${limits.depth} levels`);
    const target = this.#follow(node, start);
    const pointer = pointerOf(path);
    // What a mapping says itself stands before what it takes from others.
    if (this.#merging === 0 || !this.#places.has(pointer)) {
      this.#places.set(pointer, { key, value: start, source: isScalar(target) ? target.source : undefined });
    }
    if (target === null) return null;
    if (isScalar(target)) return this.#scalar(target, path, start);
    this.#open.add(target);
    try {
      if (isSeq(target)) return target.items.map((item, index) => this.read(asNode(item), [...path, index], undefined));
      if (isMap(target)) return this.#mapping(target, path);
    } finally {
      this.#open.delete(target);
    }
    throw new Unreadable(start, 'this kind of YAML value is not supported');
  }

  #follow(node: Node | null, start: number): Node | null {
    if (!isAlias(node)) {
      if (node && 'anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
      return node;
    }
    const target = this.#anchors.get(node.source);
    if (!target) throw new Unreadable(start, `there is no anchor &${node.source} before the alias *${node.source}`);
    if (this.#open.has(target)) throw new Unreadable(start, `the anchor &${node.source} contains itself`);
    return target;
  }

  #scalar(node: Scalar, path: readonly (string | number)[], start: number): Value {
    const { value } = node;
    if (typeof value === 'string') {
      if (value.includes('\0')) this.#report(start, `${path.join('.')} contains a NUL character`);
      return value;
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
    return node.source ?? null;
  }

  #mapping(node: YAMLMap, path: readonly (string | number)[]): Value {
    const mapping: { [key: string]: Value } = Object.create(null) as { [key: string]: Value };
    const own = new Set<string>();
    const merges: { readonly source: Node | null; readonly offset: number }[] = [];
    for (const pair of node.items) {
      const keyNode = asNode(pair.key);
      const offset = offsetOf(keyNode) ?? offsetOf(node) ?? 0;
      if (isMergeKey(keyNode)) {
        const value = asNode(pair.value);
        const source = this.#follow(value, offset);
        for (const item of isSeq(source) ? source.items.map(asNode) : [value]) merges.push({ source: item, offset });
        continue;
      }
      const target = this.#follow(keyNode, offset);
      const key = isScalar(target) ? keyText(target) : undefined;
      if (key === undefined) {
        this.#report(offset, 'a key must be text');
        continue;
      }
      if (own.has(key)) this.#report(offset, `the key ${quote(key)} is written twice`);
      own.add(key);
      mapping[key] = this.read(asNode(pair.value), [...path, key], offset);
    }
    this.#merging++;
    for (const merge of merges) this.#merge(mapping, merge.source, path, merge.offset);
    this.#merging--;
    return mapping;
  }

  /** `<<: *base` or `<<: [*a, *b]`: keys that are not in the mapping itself, the earlier of two mappings first. */
  #merge(
    into: { [key: string]: Value },
    source: Node | null,
    path: readonly (string | number)[],
    offset: number,
  ): void {
    const value = this.read(source, path, offset);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#report(offset, '<< must name a mapping, or a list of mappings');
      return;
    }
    for (const [key, merged] of Object.entries(value)) if (!(key in into)) into[key] = merged;
  }
}

function isMergeKey(node: Node | null): boolean {
  return isScalar(node) && node.source === '<<' && (node.type === undefined || node.type === 'PLAIN');
}

function keyText(node: Scalar): string | undefined {
  if (typeof node.value === 'string') return node.value;
  if (node.value === null) return node.source === '' || node.source === undefined ? undefined : node.source;
  return node.source ?? JSON.stringify(node.value);
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

function offsetOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}

function syntaxMessage(error: Error & { readonly code?: string }): string {
  // The parser recurses: a text of nothing but opening brackets ends its stack.
  if (/call stack/.test(error.message)) return 'no valid YAML: it is nested too deeply';
  return syntaxMessages[error.code ?? ''] ?? `no valid YAML: ${error.message.split('\n', 1)[0] ?? ''}`;
}

/** Text of the file as a message shows it: on one line, cut when it is long. */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return JSON.stringify(shown);
}
