import { expect, it } from 'vitest';
import { parsed } from '../../../../src/adapters/dependencies/parsed';
import { parsedYaml } from '../../../../src/adapters/dependencies/parsedYaml';

it('passes over the byte order mark that package managers pass over', () => {
  expect(parsed('\uFEFF{"workspaces": ["a"]}')).toEqual({ workspaces: ['a'] });
  expect(parsedYaml('\uFEFFlockfileVersion: "9.0"\n')).toEqual({ lockfileVersion: '9.0' });
  expect(parsed('{')).toBeUndefined();
});
