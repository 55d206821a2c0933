import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { WorktreeValues } from '../../../../src/core/ports/releases';
import { completeValues, hostileBranches, refusedValues, worktreeValues } from '../../../support/worktreeValues';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../charts/worktree/values.schema.json'), 'utf8'),
) as AnySchema & {
  properties: Record<string, { required?: string[]; properties?: object }>;
  definitions: { service: { required: string[]; properties: object } };
};
const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);

const complete = completeValues;
const required: Required<WorktreeValues> = complete;

describe("the schema of the chart's values", () => {
  test('has the keys of the type, no more and no fewer', () => {
    const { global: _, ...own } = schema.properties;
    expect(Object.keys(own).sort()).toEqual(Object.keys(required).sort());
    expect(Object.keys(schema.properties['worktree']?.properties ?? {}).sort()).toEqual(
      Object.keys(complete.worktree).sort(),
    );
    const { nodeFolder: _optional, ...always } = complete.worktree;
    expect(schema.properties['worktree']?.required?.toSorted()).toEqual(Object.keys(always).sort());
    expect(Object.keys(schema.definitions.service.properties).sort()).toEqual(Object.keys(complete.services[0]).sort());
    // The second says nothing that may be left out.
    expect(schema.definitions.service.required.toSorted()).toEqual(Object.keys(complete.services[1]).sort());
  });

  test('accepts what the type allows', () => {
    const accepted: WorktreeValues[] = [
      complete,
      { ...complete, databaseSecret: null, ingressClass: null, services: [] },
      ...hostileBranches.map((branch) => worktreeValues(branch, 'C:\\Users\\a b\\{{ x }}')),
    ];
    for (const values of accepted) expect([validate(values), validate.errors]).toEqual([true, null]);
  });

  test.each(refusedValues)('refuses %s', (_, values) => {
    expect(validate(JSON.parse(JSON.stringify(values)))).toBe(false);
  });
});
