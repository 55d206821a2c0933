import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import schema from '../../../media/schemas/coppice.schema.json';
import type { EnvironmentFileProblem } from '../../core/environmentFile';
import { isReservedVariable } from '../../core/reservedVariables';
import { nearest } from './nearest';
import { pointerOf, quote } from './readYaml';
import type { YamlText } from './readYaml';

let validate: ValidateFunction | undefined;

function compiled(): ValidateFunction {
  if (!validate) {
    const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
    ajv.addKeyword('patternErrorMessage');
    validate = ajv.compile(schema);
  }
  return validate;
}

/** What the schema finds wrong, each in the words of a person and at its place in the text. */
export function schemaProblems(text: YamlText): EnvironmentFileProblem[] {
  const check = compiled();
  if (check(text.value)) return [];
  return (check.errors ?? []).flatMap((error) => describe(error, text));
}

function describe(error: ErrorObject, text: YamlText): EnvironmentFileProblem[] {
  const pointer = error.instancePath;
  const name = keyName(pointer);
  const params: Readonly<Record<string, unknown>> = error.params;
  const at = (of: 'key' | 'value', message: string, where = pointer, fix?: string): EnvironmentFileProblem[] => [
    { ...text.position(where, of), message, ...(fix === undefined ? {} : { fix }) },
  ];
  const inside = (key: string): string => (pointer === '' ? key : `${name}.${key}`);
  // Its parts report themselves as well; the whole says it better.
  if (error.propertyName !== undefined || /\/anyOf\/\d/.test(error.schemaPath)) return [];

  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = keysOf(error.parentSchema?.['properties']);
      const near = nearest(key, known);
      const hint = near ? `did you mean ${quote(near)}?` : `expected one of ${known.join(', ')}`;
      return at('key', `${name} has no key ${quote(key)}: ${hint}`, pointer + pointerOf([key]), near);
    }
    case 'false schema':
      return at('key', `${name} is not allowed for a service that runs to its end (once: true): nothing can reach it`);
    case 'if':
      return [];
    case 'enum':
      return at(
        'value',
        `${name} must be ${listed(error.schema)}, found ${found(error.data)}`,
        pointer,
        nearValue(error),
      );
    case 'propertyNames': {
      const key = String(params['propertyName']);
      const where = pointer + pointerOf([key]);
      if (isReservedVariable(key)) {
        return at('key', `${inside(key)} cannot be set here: Coppice sets ${key} in every environment`, where);
      }
      return at('key', `${name}: ${quote(key)} must be ${patternText(error.schema)}`, where);
    }
    case 'required':
      return at('key', `${inside(String(params['missingProperty']))} is missing`);
    case 'dependencies':
      return at(
        'key',
        `${name} has ${String(params['property'])} and therefore needs a ${String(params['missingProperty'])}`,
        pointer + pointerOf([String(params['property'])]),
      );
    case 'anyOf':
      return at('key', `${name} needs at least one of image, build and command`);
    case 'minProperties':
      return at('value', `${name} is empty; expected at least one`);
    case 'maxProperties':
    case 'maxItems':
      return at('value', `${name} has too many entries; at most ${String(params['limit'])} are allowed`);
    case 'uniqueItems':
      return at(
        'value',
        `${name} names ${show(itemAt(error.data, params['i']))} twice`,
        `${pointer}/${String(params['i'])}`,
      );
    case 'minItems':
      return at('value', `${name} is an empty list; expected at least one entry`);
    case 'maxLength':
      return at('value', `${name} is too long; at most ${String(params['limit'])} characters are allowed`);
    default:
      return at('value', `${name} must be ${expectation(error)}, found ${found(error.data)}`);
  }
}

/** The value that a wrong one was probably meant to be. */
function nearValue({ data, schema: values }: ErrorObject): string | undefined {
  if (typeof data !== 'string' || !Array.isArray(values)) return undefined;
  return nearest(data, values.map(String));
}

/** `a, b or c` */
function listed(values: unknown): string {
  const all = Array.isArray(values) ? values.map(String) : [];
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}` : (all[0] ?? '');
}

function expectation(error: ErrorObject): string {
  const parent: Readonly<Record<string, unknown>> = error.parentSchema ?? {};
  if ('const' in parent) return String(parent['const']);
  if (error.keyword === 'pattern') return patternText(parent);
  if (error.keyword === 'minLength') return 'text that is not empty';
  const types = [parent['type']].flat().map((type) => {
    if (type === 'integer') return `a number from ${String(parent['minimum'])} to ${String(parent['maximum'])}`;
    return typeWords[String(type)] ?? String(type);
  });
  return types.length > 1 ? `${types.slice(0, -1).join(', ')} or ${types.at(-1) ?? ''}` : (types[0] ?? '');
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

function patternText(from: unknown): string {
  const text: unknown = typeof from === 'object' && from ? Reflect.get(from, 'patternErrorMessage') : undefined;
  return typeof text === 'string' ? text : 'written differently';
}

function keysOf(properties: unknown): string[] {
  return typeof properties === 'object' && properties ? Object.keys(properties) : [];
}

function itemAt(data: unknown, index: unknown): unknown {
  return Array.isArray(data) && typeof index === 'number' ? data[index] : undefined;
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

function found(data: unknown): string {
  if (data === null || data === undefined) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  return typeof data === 'object' ? 'a mapping' : show(data);
}

function show(data: unknown): string {
  return typeof data === 'string' ? quote(data) : String(data);
}
