import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cursorAt } from '../../../src/ui/environmentFile/cursor';
import { descriptionAt, propertiesAt, valuesAt, type Schema } from '../../../src/ui/environmentFile/schema';
import { starterFile } from '../../../src/app/init/starterFile';

const schemaFile = join(import.meta.dirname, '../../../media/schemas/coppice.schema.json');
const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Schema;

/** The cursor is at the `|` of the text. */
function at(text: string) {
  const before = text.slice(0, text.indexOf('|'));
  const line = before.split('\n').length - 1;
  return cursorAt(text.replace('|', ''), line, before.length - (before.lastIndexOf('\n') + 1));
}

describe('the place of the cursor', () => {
  it.each([
    ['at the root', 'version: 1\n|', [], undefined, ['version']],
    ['in a word at the root', 'ver|', [], undefined, []],
    ['among services', 'services:\n  web:\n    port: 1\n  |', ['services'], undefined, ['web']],
    [
      'in a service',
      'services:\n  web:\n    port: 1\n    |\n  api:\n    image: x',
      ['services', 'web'],
      undefined,
      ['port'],
    ],
    ['in the second service', 'services:\n  web:\n    port: 1\n  api:\n    im|', ['services', 'api'], undefined, []],
    ['at a value', 'services:\n  web:\n    mount: |', ['services', 'web'], 'mount', []],
    ['in brackets', 'services:\n  web: {port: 1, |}', ['services', 'web'], undefined, ['port']],
    ['in nested brackets', 'services:\n  web: {port: 1, env: {|', ['services', 'web', 'env'], undefined, []],
    [
      'at a value in brackets',
      'services:\n  web: {port: 1, mount: |}',
      ['services', 'web'],
      'mount',
      ['port', 'mount'],
    ],
    ['after brackets', 'services:\n  web: {port: 1}\n  |', ['services'], undefined, ['web']],
    ['after a comment', 'services: # all {of them\n  web:\n    # port: 1\n    |', ['services', 'web'], undefined, []],
    ['under another key of the root', 'services:\n  web:\n    port: 1\ndatabase:\n  |', ['database'], undefined, []],
    ['with Windows line ends', 'services:\r\n  web:\r\n    |', ['services', 'web'], undefined, []],
  ])('%s', (_, text, path, valueOf, present) => {
    expect(at(text)).toEqual({ path, valueOf, present });
  });
});

describe('what the schema suggests', () => {
  const names = (...path: string[]) => propertiesAt(schema, path).map(({ name }) => name);

  it('are the keys of the place', () => {
    expect(names()).toEqual(expect.arrayContaining(['version', 'services', 'database', 'chart']));
    expect(names('services', 'web')).toEqual(
      expect.arrayContaining(['image', 'build', 'command', 'port', 'routes', 'env', 'health', 'replicas', 'mount']),
    );
    expect(names('database')).toEqual(expect.arrayContaining(['template', 'migrate', 'seed']));
    expect(names('services', 'web', 'build')).toEqual(['context', 'dockerfile', 'target', 'args']);
    expect(names('nothing', 'here')).toEqual([]);
    expect(names('constructor')).toEqual([]);
  });

  it('tell what each is for', () => {
    for (const path of [[], ['services', 'web'], ['services', 'web', 'build'], ['database']]) {
      for (const { name, description } of propertiesAt(schema, path)) expect(description, name).toMatch(/\w{3}/);
    }
    expect(descriptionAt(schema, ['services', 'web', 'port'])).toMatch(/port/i);
    expect(descriptionAt(schema, ['nothing'])).toBeUndefined();
  });

  it('are the values where the schema names them', () => {
    expect(valuesAt(schema, ['version'])).toContain('1');
    expect(valuesAt(schema, ['services', 'web', 'build'])).toContain('backend');
    expect(valuesAt(schema, ['services', 'web', 'build', 'dockerfile'])).toContain('Dockerfile.dev');
    expect(valuesAt(schema, ['services', 'web', 'mount'])).toEqual(expect.arrayContaining(['true', 'false']));
  });

  it('ends where a schema refers to itself', () => {
    const endless: Schema = { $ref: '#/definitions/a', properties: {} };
    expect(propertiesAt({ ...endless, anyOf: [{ $ref: '#' }] }, [])).toEqual([]);
  });
});

describe('the file to start from', () => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

  it('is valid as it stands', () => {
    expect(validate(parse(starterFile)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('is valid with everything that it leaves out', () => {
    const whole = starterFile.replace(/^( *)# ( *[a-z]+: ?.*)$/gm, '$1$2');
    expect(whole).toMatch(/^database:\n {2}template: /m);
    expect(whole).toMatch(/^ {4}health: /m);
    expect(validate(parse(whole)), JSON.stringify(validate.errors)).toBe(true);
  });
});
