import { Ajv } from 'ajv';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSchema, type Mismatch } from '../../../../src/adapters/environmentFile/checkSchema';
import composeSpec from '../../../../src/adapters/environmentFile/composeSpec.json';
import environmentFile from '../../../../media/schemas/coppice.schema.json';

type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const draft7 = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
draft7.addKeyword('patternErrorMessage');
const draft2020 = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: false });

type Draft = '7' | '2020-12';
type Library = { (value: unknown): unknown; errors?: ErrorObject[] | null };
const often = ['type', 'enum', 'required', 'pattern', 'additionalProperties', 'uniqueItems', 'minimum', 'maximum'];
const limits = ['minItems', 'minLength'];
/** With what must be met at least once. */
const schemas: readonly (readonly [string, Draft, Schema, Library, string[]])[] = [
  [
    ...(['coppice.yaml', '7', environmentFile, draft7.compile(environmentFile)] as const),
    [...often, ...limits, 'const', 'anyOf', 'propertyNames', 'dependencies', 'false schema'],
  ],
  [
    ...(['Compose', '2020-12', composeSpec, draft2020.compile(composeSpec)] as const),
    ['type', 'additionalProperties', 'unevaluatedProperties', 'oneOf'],
  ],
];

const junk = [null, true, 0, -1, 1.5, 70_000, '', 'x', '/', 'a b', 'constructor', [], {}, ['x', 'x'], { 'x y': 1 }];
const texts = ['web', 'a-b', 'A_B', 'DATABASE_URL', 'COPPICE_URL_WEB', '/api', '1', '10s', 'WEB', '😀'.repeat(130)];
const keys = [...texts, 'x-y', '__proto__', 'toString'];

/** Makes values of a schema: what it asks for, or now and then something else. */
class Values {
  readonly #root: Schema;
  readonly #pick: (below: number) => number;
  /** Of so many choices one is wrong; 0: none is. */
  readonly #wrong: number;

  constructor(root: Schema, pick: (below: number) => number) {
    this.#root = root;
    this.#pick = pick;
    this.#wrong = [0, 300, 60, 10][pick(4)] ?? 0;
  }

  of(schema: unknown, depth = 0): unknown {
    if (this.#isWrong()) return this.#one([...junk, ...texts]);
    const { $ref: target, ...own } = isObject(schema) ? schema : { type: 'string' };
    if (typeof target === 'string') return this.of({ ...this.#at(target), ...own }, depth);
    const alternatives = own['oneOf'] ?? own['anyOf'];
    if (Array.isArray(alternatives) && !('properties' in own)) return this.of(this.#one(alternatives), depth);
    if (Array.isArray(own['enum'])) return this.#one(own['enum']);
    if ('const' in own) return own['const'];
    const type = this.#one([own['type'] ?? 'string'].flat());
    if (type === 'array') return this.#list(own, depth);
    if (type === 'object') return this.#mapping(own, depth);
    if (type === 'integer' || type === 'number')
      return this.#one([80, 1, ...(this.#isWrong() ? [0, 65_536, 1.5] : [])]);
    if (type === 'boolean') return this.#pick(2) === 0;
    return type === 'null' ? null : this.#text(own);
  }

  #list({ items, minItems, uniqueItems }: Schema, depth: number): unknown[] {
    const all = Array.from({ length: Number(minItems ?? 0) + this.#pick(3) }, () => this.of(items, depth + 1));
    return uniqueItems === true && !this.#isWrong() ? [...new Set(all)] : all;
  }

  #mapping(schema: Schema, depth: number): unknown {
    const { required = [], allOf = [], anyOf = [], additionalProperties, patternProperties, propertyNames } = schema;
    const parts = (allOf as unknown[]).map(
      (part) => this.#at(String((part as Schema)['$ref']))['properties'] as Schema,
    );
    const known: Schema = Object.assign({}, schema['properties'], ...parts);
    const oneOfThem = (anyOf as { required?: string[] }[])[this.#pick(3)]?.required ?? [];
    const needed = [...(required as string[]), ...oneOfThem].filter(() => !this.#isWrong());
    const chosen = Object.keys(known).filter((key) => needed.includes(key) || this.#pick(depth + 2) === 0);
    const other =
      additionalProperties === false || additionalProperties === undefined ? undefined : additionalProperties;
    const byPattern = Object.values((patternProperties ?? {}) as Schema)[0];
    const isOpen = other !== undefined || (byPattern !== undefined && chosen.length === 0) || this.#isWrong();
    const name = isOpen ? [this.#text(propertyNames)] : [];
    return Object.fromEntries([
      ...chosen.map((key) => [key, this.of(known[key], depth + 1)]),
      ...name.map((key) => [key, this.of(other ?? byPattern, depth + 1)]),
    ]);
  }

  #text(schema: unknown): string {
    const { pattern: source, maxLength = 1_000 } = isObject(schema) ? schema : {};
    const pattern = new RegExp(typeof source === 'string' ? source : '');
    const fitting = keys.filter((text) => text.length <= Number(maxLength) && pattern.test(text));
    return this.#one(this.#isWrong() || fitting.length === 0 ? keys : fitting);
  }

  #at(pointer: string): Schema {
    return pointer
      .split('/')
      .slice(1)
      .reduce<Schema>((at, key) => at[key] as Schema, this.#root);
  }

  #isWrong(): boolean {
    return this.#wrong > 0 && this.#pick(this.#wrong) === 0;
  }

  #one<T>(all: readonly T[]): T {
    return all[this.#pick(all.length)] as T;
  }
}

const sorted = (all: readonly object[]): string[] => all.map((each) => JSON.stringify(each)).sort();
const toldOf = ({ keyword, pointer, key, askedBy, schema }: Mismatch): object => ({
  ...{ keyword, pointer, key, askedBy },
  ...(keyword === 'false schema' ? {} : { wanted: schema[keyword] }),
});

function toldBy(error: ErrorObject): object {
  const params: Readonly<Record<string, unknown>> = error.params;
  const key =
    params['missingProperty'] ??
    params['additionalProperty'] ??
    params['unevaluatedProperty'] ??
    (error.keyword === 'propertyNames' ? params['propertyName'] : undefined);
  return {
    ...{ keyword: error.keyword, pointer: error.instancePath, key, askedBy: params['property'] },
    ...(error.keyword === 'false schema' ? {} : { wanted: error.parentSchema?.[error.keyword] }),
  };
}

// It computes for seconds, and on a machine with other things to do for longer.
describe.each(schemas)('of the schema of %s', { timeout: 180_000 }, (_name, draft, schema, library, most) => {
  it('says what a library says that compiles schemas', () => {
    const seen = new Set<string>();
    let fitting = 0;
    fc.assert(
      fc.property(fc.gen(), (next) => {
        const value = new Values(schema, (below) => next(fc.nat, { max: below - 1 })).of(schema);
        const isRight = library(value);
        // It tells too that there was a condition, and what of a key's name is wrong.
        const told = (library.errors ?? []).filter(
          ({ keyword, propertyName }) =>
            keyword !== 'if' && (keyword === 'propertyNames' || propertyName === undefined),
        );
        const mismatches = checkSchema(schema, draft, value);
        // Where a part of it is wrong, the library takes all of what that part knows for unknown.
        const isPlain = told.every(({ keyword }) => keyword === 'unevaluatedProperties');
        const isTold = ({ keyword }: { keyword: string }): boolean => isPlain || keyword !== 'unevaluatedProperties';
        const found = mismatches.filter(isTold);
        for (const { keyword } of mismatches) seen.add(keyword);
        if (mismatches.length === 0) fitting++;
        expect(mismatches.length === 0).toBe(isRight);
        expect(sorted(found.map(toldOf))).toEqual(sorted(told.filter(isTold).map(toldBy)));
      }),
      { numRuns: 600, seed: 7, endOnFailure: true },
    );
    expect(fitting).toBeGreaterThan(20);
    expect([...seen]).toEqual(expect.arrayContaining(most));
  });
});

it('takes what JSON has no word for as wrong, and a key that is half a character as a key', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: false };
  expect(checkSchema(schema, '7', { n: Infinity })).toMatchObject([
    { keyword: 'type', pointer: '/n', value: Infinity },
  ]);
  expect(checkSchema(schema, '7', { '\ud83d': 1 })).toMatchObject([{ keyword: 'additionalProperties', pointer: '' }]);
});
