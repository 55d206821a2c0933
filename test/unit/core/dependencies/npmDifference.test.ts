import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { npmDifference, npmFolders } from '../../../../src/core/dependencies/npmDifference';

const linux = { os: 'linux', cpu: 'x64' };
type Packages = Record<string, Record<string, unknown>>;

const name = fc.stringMatching(/^(?:@[a-z]{1,4}\/)?[a-z][a-z0-9-]{0,6}$/);
const entry = fc.record({ version: fc.stringMatching(/^\d\.\d\.\d$/), optional: fc.boolean() });
const packages = fc
  .dictionary(name, entry, { minKeys: 1, maxKeys: 8 })
  .map((all): Packages => Object.fromEntries(Object.entries(all).map(([key, one]) => [`node_modules/${key}`, one])));
const lock = (all: Packages) => ({ lockfileVersion: 3, packages: { '': { name: 'app' }, ...all } });
const hidden = (all: Packages) => ({ lockfileVersion: 3, packages: all });

describe('what npm has installed', () => {
  it('is what the lockfile says when all of it is there, but for what is optional', () => {
    fc.assert(
      fc.property(packages, (all) => {
        const there = Object.fromEntries(Object.entries(all).filter(([, { optional }]) => optional !== true));
        expect(npmDifference(lock(all), hidden(all), linux)).toBeUndefined();
        expect(npmDifference(lock(all), hidden(there), linux)).toBeUndefined();
      }),
    );
  });

  it('differs when one is missing, another, or too many: and the reason names it', () => {
    fc.assert(
      fc.property(packages, fc.nat(), (all, pick) => {
        const keys = Object.keys(all);
        const key = keys[pick % keys.length] ?? '';
        const one = { ...all[key], optional: false };
        const wanted = { ...all, [key]: one };
        const { [key]: gone, ...rest } = wanted;
        expect(npmDifference(lock(wanted), hidden(rest), linux)).toBe(`${key} is not installed there`);
        expect(npmDifference(lock(wanted), hidden({ ...rest, [key]: { ...gone, version: 'x' } }), linux)).toBe(
          `${key} is not what the lockfile says there`,
        );
        expect(npmDifference(lock(rest), hidden(wanted), linux)).toBe(
          `${key} is installed there and not in the lockfile`,
        );
      }),
    );
  });

  it.each([
    [{ os: ['darwin'] }, true],
    [{ os: ['linux', 'darwin'], cpu: ['x64'] }, false],
    [{ os: ['!win32'] }, false],
    [{ os: ['!linux'] }, true],
    [{ cpu: ['arm64'] }, true],
    [{ os: ['any'] }, false],
    [{ os: [] }, false],
  ])('is for another system when a package of it is: %j', (limits, isOther) => {
    const all = { 'node_modules/x': { version: '1.0.0', optional: true, ...limits } };
    expect(npmDifference(lock(all), hidden(all), linux)).toBe(
      isOther ? 'node_modules/x is for another system' : undefined,
    );
  });

  it('says nothing of workspaces, which are links to what is checked out', () => {
    const all = { 'packages/a': { version: '1.0.0' }, 'node_modules/a': { resolved: 'packages/a', link: true } };
    expect(npmDifference(lock(all), hidden({ 'node_modules/a': all['node_modules/a'] }), linux)).toBeUndefined();
    expect(npmFolders(lock({ ...all, 'packages/a/node_modules/b': { version: '2.0.0' } }))).toEqual([
      'node_modules',
      'packages/a/node_modules',
    ]);
  });

  it.each([undefined, null, 1, [], {}, { packages: [] }, { packages: { x: 1 } }])('is never %j', (odd) => {
    const all = { 'node_modules/x': { version: '1.0.0' } };
    expect(npmDifference(odd, hidden(all), linux)).toMatch(/an npm before 7/);
    expect(npmDifference(lock(all), odd, linux)).toBe('node_modules does not say what is in it');
    expect(npmFolders(odd)).toEqual(['node_modules']);
  });
});
