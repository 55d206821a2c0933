import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { WorktreeValues } from '../../../../src/core/ports';
import { hostileBranches, worktreeValues } from '../../../support/worktreeValues';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../charts/worktree/values.schema.json'), 'utf8'),
) as AnySchema & {
  properties: Record<string, { required?: string[]; properties?: object }>;
  definitions: { service: { required: string[]; properties: object } };
};
const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);

/** Every key and every alternative of the type: a key that is added there does not compile here until it is added too. */
const complete = {
  worktree: { name: 'a', branch: 'a', folder: '/a', host: 'a.localhost', repositoryId: '00', worktreeId: 'ff' },
  services: [
    {
      name: 'a',
      image: 'a',
      command: ['a'],
      port: 1,
      routes: ['/'],
      env: { A: '' },
      health: '/',
      replicas: 1,
      mount: true,
    },
    { name: 'b', image: 'b', command: [], port: null, routes: [], env: {}, health: null, replicas: 0, mount: false },
  ],
  databaseSecret: 'a',
  ingressClass: 'a',
} as const satisfies WorktreeValues;
const required: Required<WorktreeValues> = complete;

describe("the schema of the chart's values", () => {
  test('has the keys of the type, no more and no fewer', () => {
    const { global: _, ...own } = schema.properties;
    expect(Object.keys(own).sort()).toEqual(Object.keys(required).sort());
    expect(Object.keys(schema.properties['worktree']?.properties ?? {}).sort()).toEqual(
      Object.keys(complete.worktree).sort(),
    );
    expect(schema.properties['worktree']?.required?.toSorted()).toEqual(Object.keys(complete.worktree).sort());
    expect(Object.keys(schema.definitions.service.properties).sort()).toEqual(Object.keys(complete.services[0]).sort());
    expect(schema.definitions.service.required.toSorted()).toEqual(Object.keys(complete.services[0]).sort());
  });

  test('accepts what the type allows', () => {
    const accepted: WorktreeValues[] = [
      complete,
      { ...complete, databaseSecret: null, ingressClass: null, services: [] },
      ...hostileBranches.map((branch) => worktreeValues(branch, 'C:\\Users\\a b\\{{ x }}')),
    ];
    for (const values of accepted) expect([validate(values), validate.errors]).toEqual([true, null]);
  });

  const service = complete.services[0];
  const refused: [string, object][] = [
    ['a label that is text of a person', { ...complete, worktree: { ...complete.worktree, worktreeId: 'a b' } }],
    ['a host with a space', { ...complete, worktree: { ...complete.worktree, host: 'a b' } }],
    ['a slug that no release can have', { ...complete, worktree: { ...complete.worktree, name: 'a'.repeat(54) } }],
    ['a key that nobody knows', { ...complete, extra: 1 }],
    ['a missing folder', { ...complete, worktree: { ...complete.worktree, folder: undefined } }],
    ['a service whose name is no DNS label', { ...complete, services: [{ ...service, name: 'A_b' }] }],
    ['a port as text', { ...complete, services: [{ ...service, port: '80' }] }],
    ['a port that is none', { ...complete, services: [{ ...service, port: 65536 }] }],
    ['a command as text', { ...complete, services: [{ ...service, command: 'a b' }] }],
    ['a number in the environment', { ...complete, services: [{ ...service, env: { A: 1 } }] }],
    ['a name in the environment with an equals sign', { ...complete, services: [{ ...service, env: { 'A=B': '' } }] }],
    ['a route without a slash', { ...complete, services: [{ ...service, routes: ['api'] }] }],
    ['half a replica', { ...complete, services: [{ ...service, replicas: 0.5 }] }],
  ];
  test.each(refused)('refuses %s', (_, values) => {
    expect(validate(JSON.parse(JSON.stringify(values)))).toBe(false);
  });
});
