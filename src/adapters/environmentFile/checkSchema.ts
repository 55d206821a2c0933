import { isDeepStrictEqual } from 'node:util';
import { Validator, type OutputUnit, type SchemaDraft } from '@cfworker/json-schema';
import { pointerOf } from './readYaml';

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
  /** Whether it is of one alternative of several: then the whole is told as well. */
  readonly isPart: boolean;
}

/** Say only that something inside does not fit, which is told itself. */
const around: ReadonlySet<string> = new Set(['$ref', 'allOf', 'if', 'items', 'patternProperties', 'properties']);
const ofOtherKeys: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties']);
/** Below them stand schemas by name or number. */
const containers: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'patternProperties', 'properties']);

/** The library compares each entry of a list with each. No list of these files is as long: more than a schema allows, or than anybody writes. */
const maxEntries = 256;

const validators = new WeakMap<object, Validator>();

/**
 * Checks a value against a JSON schema, with a library that walks both: one that compiles the schema first takes several times as long
 * for that as a whole command may take.
 * @param schema in which each `$ref` is a pointer into itself
 * @param value of a longer list than 256 entries the rest is not checked
 * @throws RangeError: it has tens of thousands of mismatches
 */
export function checkSchema(schema: object, draft: SchemaDraft, value: unknown): readonly Mismatch[] {
  const validator = validators.get(schema) ?? new Validator(schema, draft, false);
  validators.set(schema, validator);
  const { errors } = validator.validate(asJson(value));
  const said = new Set<string>();
  return errors.flatMap((error, at) => {
    // For each key that is missing there is one, and each is told as all of them.
    const id = `${error.keywordLocation} ${error.instanceLocation}`;
    if ((error.keyword === 'required' || error.keyword === 'dependencies') && said.size === said.add(id).size)
      return [];
    return mismatchesOf(error, { before: errors[at - 1], inside: errors[at + 1], root: mapping(schema), value });
  });
}

interface Surroundings {
  readonly before: OutputUnit | undefined;
  readonly inside: OutputUnit | undefined;
  readonly root: Mapping;
  readonly value: unknown;
}

function mismatchesOf(error: OutputUnit, { before, inside, root, value: whole }: Surroundings): Mismatch[] {
  const { keyword } = error;
  if (around.has(keyword) || (keyword === 'false' && before && ofOtherKeys.has(before.keyword))) return [];
  // What allows nothing stands at its value, not in the schema.
  const from = keyword === 'false' ? before : error;
  const { schema, isPart, isOfName } = placeIn(root, partsOf(from?.keywordLocation ?? '#'));
  // The whole name is told.
  if (isOfName) return [];
  const parts = partsOf(error.instanceLocation);
  const value = parts.reduce<unknown>((at, part) => Reflect.get(Object(at), part), whole);
  const told: Mismatch = { keyword, pointer: pointerOf(parts), value, schema, isPart };
  const key = partsOf(inside?.instanceLocation ?? '#').at(-1) ?? '';
  switch (keyword) {
    case 'false':
      return [{ ...told, keyword: 'false schema', schema: {} }];
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return schema[keyword] === false ? [{ ...told, key }] : [];
    case 'propertyNames':
      return [{ ...told, key }];
    case 'required':
      return missing(schema['required'], value).map((each) => ({ ...told, key: each }));
    case 'dependencies':
      return Object.entries(mapping(schema['dependencies'])).flatMap(([askedBy, keys]) =>
        Object.hasOwn(mapping(value), askedBy)
          ? missing(keys, value).map((each) => ({ ...told, key: each, askedBy }))
          : [],
      );
    case 'uniqueItems': {
      const all = listOf(value);
      return [
        { ...told, index: all.findIndex((one, at) => all.slice(0, at).some((two) => isDeepStrictEqual(one, two))) },
      ];
    }
    default:
      return [told];
  }
}

/** The schema that has the keyword at the end of a path of keywords, names and numbers. */
function placeIn(root: Mapping, path: readonly string[]): { schema: Mapping; isPart: boolean; isOfName: boolean } {
  let [schema, isPart, isOfName] = [root, false, false];
  for (let at = 0; at < path.length - 1; at++) {
    const keyword = path[at] ?? '';
    const next = keyword === '$ref' ? targetOf(root, String(schema[keyword])) : schema[keyword];
    isPart ||= keyword === 'anyOf' || keyword === 'oneOf';
    isOfName ||= keyword === 'propertyNames';
    schema = mapping(containers.has(keyword) ? Reflect.get(Object(next), path[++at] ?? '') : next);
  }
  return { schema, isPart, isOfName };
}

function targetOf(root: Mapping, target: string): unknown {
  return partsOf(target).reduce<unknown>((at, part) => mapping(at)[part], root);
}

function missing(keys: unknown, value: unknown): string[] {
  return listOf(keys)
    .map(String)
    .filter((key) => !Object.hasOwn(mapping(value), key));
}

/** Of a JSON pointer as a fragment of a URI (RFC 6901, 6). */
function partsOf(fragment: string): string[] {
  return fragment
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The library asks of numbers and texts no more than JSON has: neither infinity nor half a character. */
function asJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.slice(0, maxEntries).map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.entries(value).map(([key, each]: [string, unknown]) => [
    key.replace(/\p{Surrogate}/gu, '\uFFFD'),
    asJson(each),
  ]);
  return Object.fromEntries(all);
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
