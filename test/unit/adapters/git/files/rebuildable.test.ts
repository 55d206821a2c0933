import { describe, expect, it } from 'vitest';
import { isRebuildable } from '../../../../../src/adapters/git/files/rebuildable';

describe('isRebuildable', () => {
  it.each([
    'node_modules/',
    'a/node_modules/x',
    'dist/',
    'p/target/debug/a',
    '.venv/',
    '__pycache__/a.pyc',
    '.DS_Store',
    'a/npm.log',
    'x.pyc',
    'lib.egg-info/',
  ])('lets %s go', (path) => expect(isRebuildable(path)).toBe(true));

  it.each([
    '.env',
    '.env.local',
    'dist',
    'notes.txt',
    'secrets/',
    'data.sqlite',
    'distant/',
    'my-node_modules/x',
    'log',
    'credentials.json',
  ])('keeps %s', (path) => expect(isRebuildable(path)).toBe(false));
});
