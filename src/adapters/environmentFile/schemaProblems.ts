import schema from '../../../media/schemas/coppice.schema.json';
import type { EnvironmentFileProblem } from '../../core/environmentFile';
import { isReservedVariable } from '../../core/variables/reservedVariables';
import { checkSchema, type Mismatch } from './checkSchema';
import { nearest } from './nearest';
import { pointerOf, quote } from './readYaml';
import type { YamlText } from './readYaml';

/** What the schema finds wrong, each in the words of a person and at its place in the text. */
export function schemaProblems(text: YamlText): EnvironmentFileProblem[] {
  return checkSchema(schema, '7', text.value).flatMap((mismatch) => describe(mismatch, text));
}

function describe(mismatch: Mismatch, text: YamlText): EnvironmentFileProblem[] {
  const { keyword, pointer, value, key = '', askedBy = '', index = 0, schema: parent } = mismatch;
  const limit = String(parent[keyword]);
  const name = keyName(pointer);
  const at = (of: 'key' | 'value', message: string, where = pointer, fix?: string): EnvironmentFileProblem[] => [
    { ...text.position(where, of), message, ...(fix === undefined ? {} : { fix }) },
  ];
  const inside = pointer === '' ? key : `${name}.${key}`;
  // Its parts report themselves as well; the whole says it better.
  if (mismatch.isPart) return [];

  switch (keyword) {
    case 'additionalProperties': {
      const known = keysOf(parent['properties']);
      const near = nearest(key, known);
      const hint = near ? `did you mean ${quote(near)}?` : `expected one of ${known.join(', ')}`;
      return at('key', `${name} has no key ${quote(key)}: ${hint}`, pointer + pointerOf([key]), near);
    }
    case 'false schema':
      return at('key', `${name} is not allowed for a service that runs to its end (once: true): nothing can reach it`);
    case 'enum':
      return at(
        'value',
        `${name} must be ${expectation(mismatch)}, found ${found(value)}`,
        pointer,
        nearValue(mismatch),
      );
    case 'propertyNames': {
      const where = pointer + pointerOf([key]);
      if (isReservedVariable(key)) {
        return at('key', `${inside} cannot be set here: Coppice sets ${key} in every environment`, where);
      }
      return at('key', `${name}: ${quote(key)} must be ${patternText(parent['propertyNames'])}`, where);
    }
    case 'required':
      return at('key', `${inside} is missing`);
    case 'dependencies':
      return at('key', `${name} has ${askedBy} and therefore needs a ${key}`, pointer + pointerOf([askedBy]));
    case 'anyOf':
      return at('key', `${name} needs at least one of image, build and command`);
    case 'minProperties':
      return at('value', `${name} is empty; expected at least one`);
    case 'maxProperties':
    case 'maxItems':
      return at('value', `${name} has too many entries; at most ${limit} are allowed`);
    case 'uniqueItems':
      return at(
        'value',
        `${name} names ${found(Array.isArray(value) ? value[index] : undefined)} twice`,
        `${pointer}/${index}`,
      );
    case 'minItems':
      return at('value', `${name} is an empty list; expected at least one entry`);
    case 'maxLength':
      return at('value', `${name} is too long; at most ${limit} characters are allowed`);
    default:
      return at('value', `${name} must be ${expectation(mismatch)}, found ${found(value)}`);
  }
}

/** The value that a wrong one was probably meant to be. */
function nearValue({ value, schema: { enum: values } }: Mismatch): string | undefined {
  if (typeof value !== 'string' || !Array.isArray(values)) return undefined;
  return nearest(value, values.map(String));
}

/** `a, b or c` */
function listed(values: unknown): string {
  const all = Array.isArray(values) ? values.map(String) : [];
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}` : (all[0] ?? '');
}

/** What a value must be, as far as its schema says it in one word. */
export function expectation({ keyword, schema: parent }: Mismatch): string {
  if ('const' in parent) return String(parent['const']);
  if (keyword === 'enum') return listed(parent['enum']);
  if (keyword === 'pattern') return patternText(parent);
  if (keyword === 'minLength') return 'text that is not empty';
  const types = [parent['type'] ?? []].flat().map((type: unknown) => {
    if (type !== 'integer' || !('minimum' in parent)) return typeWords[String(type)] ?? String(type);
    const end = 'maximum' in parent ? ` to ${String(parent['maximum'])}` : '';
    return `a number from ${String(parent['minimum'])}${end}`;
  });
  return types.length === 0 ? 'written differently' : listed(types);
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'nothing',
};

function patternText(from: unknown): string {
  const text: unknown = typeof from === 'object' && from ? Reflect.get(from, 'patternErrorMessage') : undefined;
  return typeof text === 'string' ? text : 'written differently';
}

function keysOf(properties: unknown): string[] {
  return typeof properties === 'object' && properties ? Object.keys(properties) : [];
}

/** `/services/my~1api/port` as a person writes it: `services.my/api.port`, and `routes[0]` for a list's entry. */
export function keyName(pointer: string): string {
  if (pointer === '') return 'the file';
  const parts = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts.reduce((name, part) => {
    if (/^\d+$/.test(part)) return `${name}[${part}]`;
    const shown = /^[\w./-]{1,60}$/.test(part) ? part : quote(part);
    return name === '' ? shown : `${name}.${shown}`;
  }, '');
}

/** A value as a message shows it. */
export function found(data: unknown): string {
  if (data === null || data === undefined) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  return typeof data === 'object' ? 'a mapping' : show(data);
}

function show(data: unknown): string {
  return typeof data === 'string' ? quote(data) : String(data);
}
