import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyKey } from './keys';
import { keyDifference } from '../../../../src/core/dependencies/dependencyKey';
import { dependencyProjects } from '../../../../src/core/dependencies/dependencyProjects';
import { dependencyTools, partialFolder } from '../../../../src/core/dependencies/dependencyTools';

describe('projects with dependencies', () => {
  it('are the folders that have a lockfile, the outermost first', () => {
    const found = dependencyProjects(['z/package-lock.json', 'package-lock.json', 'a/b/package-lock.json', 'readme']);
    expect(found.map(({ folder, tool }) => [folder, tool.name])).toEqual([
      ['', 'npm'],
      ['z', 'npm'],
      ['a/b', 'npm'],
    ]);
  });

  it('are not what lies in dependencies', () => {
    expect(dependencyProjects(['node_modules/x/package-lock.json', 'a/node_modules/y/package-lock.json'])).toEqual([]);
  });

  it('are one for each folder and ecosystem, whatever lies there', () => {
    const folder = fc.constantFrom('', 'a', 'a/b');
    const file = fc.tuple(folder, fc.constantFrom(...dependencyTools)).map(([at, { lockfile }]) => [at, lockfile]);
    fc.assert(
      fc.property(fc.array(file), (files) => {
        const found = dependencyProjects(files.map((parts) => parts.filter(Boolean).join('/')));
        const keys = found.map(({ folder: at, tool }) => `${at} ${tool.ecosystem}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(new Set(found.map((one) => one.folder))).toEqual(new Set(files.map(([at]) => at)));
      }),
    );
  });
});

describe('the table', () => {
  it('has one row a lockfile and name, each tried with a version', () => {
    for (const key of ['name', 'lockfile'] as const)
      expect(new Set(dependencyTools.map((tool) => tool[key])).size).toBe(dependencyTools.length);
    for (const { name, tried } of dependencyTools) expect(tried, name).toMatch(/^\d+\.\d+/);
  });

  it('brings a folder or says why not, and knows then how to tell whether it is complete', () => {
    for (const { name, stays, state, leftOut } of dependencyTools) {
      expect(state === undefined, name).toBe(stays !== undefined);
      expect(leftOut, name).not.toContain(partialFolder);
    }
  });
});

describe('the key', () => {
  it('is the same for the same, and names what is another', () => {
    fc.assert(
      fc.property(dependencyKey, dependencyKey, (one, other) => {
        expect(keyDifference(one, one)).toBe(
          one.lockfile.digest === undefined ? `${one.lockfile.name} is another there` : undefined,
        );
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        if (!isSame) expect(keyDifference(one, other)).toMatch(/ is another there$|^package\.json asks for/);
      }),
    );
  });
});
