/**
 * Checks a value against a JSON schema by walking both at once. A library that compiles schemas takes several times as long for that as
 * a whole command may take, and what it compiles into is larger than all that reads the file. Known are the keywords that the schemas of
 * this folder use, with their meaning in the drafts 7 and 2020-12, where they agree; the unit test compares with such a library.
 */

type Mapping = Readonly<Record<string, unknown>>;

/** What a value has that its schema does not allow. */
export interface Mismatch {
  /** As the schema calls what is not kept; `false schema` where nothing at all is allowed. */
  readonly keyword: string;
  /** JSON pointer of the value. */
  readonly pointer: string;
  readonly value: unknown;
  /** The schema that has the keyword. */
  readonly schema: Mapping;
  /** The key that is missing, or is one too many, or has a wrong name. */
  readonly key?: string;
  /** The key that asks for the missing one. */
  readonly askedBy?: string;
  /** Where in a list an entry stands that is there before. */
  readonly index?: number;
  /** Whether it is of one alternative of several, or of a key's name: then the whole is told as well. */
  readonly isPart: boolean;
}

type Type = 'object' | 'array' | 'string' | 'number';
type Told = Omit<Mismatch, 'pointer' | 'value' | 'schema' | 'keyword' | 'isPart'>;

/** One value, and one keyword that is asked of it. */
interface Asked {
  readonly keyword: string;
  readonly schema: Mapping;
  readonly value: unknown;
  readonly pointer: string;
  readonly isPart: boolean;
  /** Keys of the value that some keyword knows. */
  readonly known: Set<string>;
  tell(more?: Told): void;
  /** Asks another schema, of this value or of one inside. */
  ask(schema: unknown, value: unknown, pointer: string, known?: Set<string>): void;
  /** What another schema says of this value, which is not told of it yet. */
  tryOut(schema: unknown, value?: unknown): { readonly mismatches: readonly Mismatch[]; readonly known: Set<string> };
  forward(mismatches: readonly Mismatch[]): void;
}

const patterns = new Map<string, RegExp>();

function pattern(source: string): RegExp {
  const made = patterns.get(source) ?? new RegExp(source, 'u');
  patterns.set(source, made);
  return made;
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const inside = (pointer: string, key: string | number): string =>
  `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

const isOf: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMapping,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: Number.isFinite,
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

/** Equal of equal values, in whichever order their keys stand. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'number' && !Number.isFinite(each)) return { '': String(each) };
    return isMapping(each) ? Object.fromEntries(Object.entries(each).sort(byKey)) : each;
  });
}

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || (typeof one === 'object' && typeof other === 'object' && textOf(one) === textOf(other));

function eachKey(asked: Asked, of: (key: string, value: unknown) => void): void {
  for (const [key, value] of Object.entries(mapping(asked.value))) of(key, value);
}

function isPatterned(schema: Mapping, key: string): boolean {
  return Object.keys(mapping(schema['patternProperties'])).some((source) => pattern(source).test(key));
}

/** A limit of how much there is of something. */
const atMost = (type: Type, size: (value: never) => number): Rule => [
  type,
  (limit, asked) => size(asked.value as never) <= Number(limit) || asked.tell(),
];
const atLeast = (type: Type, size: (value: never) => number): Rule => [
  type,
  (limit, asked) => size(asked.value as never) >= Number(limit) || asked.tell(),
];
const keysIn = (value: Mapping): number => Object.keys(value).length;
// What a person counts as one character may be two for the language.
const charactersIn = (value: string): number => [...value].length;
const entriesIn = (value: readonly unknown[]): number => value.length;
const itself = (value: number): number => value;

/** Of which values it is asked, and how. */
type Rule = readonly [Type | 'any', (wanted: unknown, asked: Asked) => unknown];

/** In the order in which they are told. */
const rules: Readonly<Record<string, Rule>> = {
  type: [
    'any',
    (types, asked) => {
      if (![types].flat().some((type) => isOf[String(type)]?.(asked.value))) asked.tell();
    },
  ],
  maximum: atMost('number', itself),
  minimum: atLeast('number', itself),
  maxLength: atMost('string', charactersIn),
  minLength: atLeast('string', charactersIn),
  pattern: ['string', (source, asked) => pattern(String(source)).test(String(asked.value)) || asked.tell()],
  const: ['any', (wanted, asked) => isSame(wanted, asked.value) || asked.tell()],
  enum: ['any', (wanted, asked) => listOf(wanted).some((each) => isSame(each, asked.value)) || asked.tell()],
  not: ['any', (schema, asked) => asked.tryOut(schema).mismatches.length > 0 || asked.tell()],
  anyOf: ['any', (schemas, asked) => alternatives(schemas, asked, (fitting) => fitting > 0)],
  oneOf: ['any', (schemas, asked) => alternatives(schemas, asked, (fitting) => fitting === 1)],
  allOf: [
    'any',
    (schemas, asked) => {
      for (const schema of listOf(schemas)) asked.ask(schema, asked.value, asked.pointer, asked.known);
    },
  ],
  if: [
    'any',
    (schema, asked) => {
      const { mismatches } = asked.tryOut(schema);
      const next = asked.schema[mismatches.length === 0 ? 'then' : 'else'];
      if (next !== undefined) asked.ask(next, asked.value, asked.pointer, asked.known);
    },
  ],
  maxItems: atMost('array', entriesIn),
  minItems: atLeast('array', entriesIn),
  uniqueItems: [
    'array',
    (wanted, asked) => {
      const seen = new Set<string>();
      const index = listOf(asked.value).findIndex((one) => seen.size === seen.add(textOf(one)).size);
      if (wanted === true && index >= 0) asked.tell({ index });
    },
  ],
  items: [
    'array',
    (schema, asked) => {
      for (const [index, each] of listOf(asked.value).entries()) asked.ask(schema, each, inside(asked.pointer, index));
    },
  ],
  maxProperties: atMost('object', keysIn),
  minProperties: atLeast('object', keysIn),
  required: [
    'object',
    (keys, asked) => {
      for (const key of listOf(keys).map(String)) if (!Object.hasOwn(mapping(asked.value), key)) asked.tell({ key });
    },
  ],
  propertyNames: [
    'object',
    (schema, asked) =>
      eachKey(asked, (key) => {
        const { mismatches } = asked.tryOut(schema, key);
        asked.forward(mismatches);
        if (mismatches.length > 0) asked.tell({ key });
      }),
  ],
  additionalProperties: [
    'object',
    (schema, asked) =>
      eachKey(asked, (key, value) => {
        if (Object.hasOwn(mapping(asked.schema['properties']), key) || isPatterned(asked.schema, key)) return;
        asked.known.add(key);
        if (schema === false) asked.tell({ key });
        else asked.ask(schema, value, inside(asked.pointer, key));
      }),
  ],
  dependencies: [
    'object',
    (needs, asked) => {
      const value = mapping(asked.value);
      for (const [askedBy, keys] of Object.entries(mapping(needs)))
        for (const key of Object.hasOwn(value, askedBy) ? listOf(keys).map(String) : [])
          if (!Object.hasOwn(value, key)) asked.tell({ key, askedBy });
    },
  ],
  properties: [
    'object',
    (schemas, asked) => {
      const value = mapping(asked.value);
      for (const [key, schema] of Object.entries(mapping(schemas))) {
        if (!Object.hasOwn(value, key)) continue;
        asked.known.add(key);
        asked.ask(schema, value[key], inside(asked.pointer, key));
      }
    },
  ],
  patternProperties: [
    'object',
    (schemas, asked) => {
      for (const [source, schema] of Object.entries(mapping(schemas)))
        eachKey(asked, (key, value) => {
          if (!pattern(source).test(key)) return;
          asked.known.add(key);
          asked.ask(schema, value, inside(asked.pointer, key));
        });
    },
  ],
  unevaluatedProperties: [
    'object',
    (schema, asked) =>
      eachKey(asked, (key, value) => {
        if (asked.known.has(key)) return;
        asked.known.add(key);
        if (schema === false) asked.tell({ key });
        else asked.ask(schema, value, inside(asked.pointer, key));
      }),
  ],
};

const entries = Object.entries(rules);

function alternatives(schemas: unknown, asked: Asked, isEnough: (fitting: number) => boolean): void {
  const tried = listOf(schemas).map((schema) => asked.tryOut(schema));
  const fitting = tried.filter(({ mismatches }) => mismatches.length === 0);
  for (const { known } of fitting) for (const key of known) asked.known.add(key);
  if (isEnough(fitting.length)) return;
  for (const { mismatches } of tried) asked.forward(mismatches);
  asked.tell();
}

/** Keywords that say nothing of a value: they are told to people, or to an editor, or belong to another keyword. */
const notes = ['$schema', '$id', '$defs', 'definitions', 'title', 'description', 'default', 'examples', 'deprecated'];
export const knownKeywords: ReadonlySet<string> = new Set([
  ...Object.keys(rules),
  ...notes,
  ...['$ref', 'then', 'else', 'patternErrorMessage'],
]);

/** @param schema in which each `$ref` is a pointer into itself */
export function checkSchema(schema: object, value: unknown): readonly Mismatch[] {
  const root = mapping(schema);
  const found: Mismatch[] = [];
  walk(root, root, value, { pointer: '', isPart: false, known: new Set(), found });
  return found;
}

interface Place {
  readonly pointer: string;
  readonly isPart: boolean;
  readonly known: Set<string>;
  readonly found: Mismatch[];
}

function walk(root: Mapping, schema: unknown, value: unknown, place: Place): void {
  const { pointer, isPart, known, found } = place;
  if (schema === false) found.push({ keyword: 'false schema', pointer, value, schema: {}, isPart });
  if (!isMapping(schema)) return;
  const target = schema['$ref'];
  if (typeof target === 'string') walk(root, targetOf(root, target), value, place);
  for (const [keyword, [type, rule]] of entries) {
    if (!Object.hasOwn(schema, keyword) || (type !== 'any' && !isOf[type]?.(value))) continue;
    rule(schema[keyword], {
      ...{ keyword, schema, value, pointer, isPart, known },
      tell: (more = {}) => found.push({ keyword, pointer, value, schema, isPart, ...more }),
      ask: (other, inner, at, names = new Set()) =>
        walk(root, other, inner, { pointer: at, isPart, known: names, found }),
      tryOut: (other, inner = value) => {
        const tried = { pointer, isPart: true, known: new Set<string>(), found: [] };
        walk(root, other, inner, tried);
        return { mismatches: tried.found, known: tried.known };
      },
      forward: (mismatches) => found.push(...mismatches),
    });
  }
}

function targetOf(root: Mapping, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((schema, key) => mapping(schema)[key], root);
}
