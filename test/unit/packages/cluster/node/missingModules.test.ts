import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingModules } from '../../../../../packages/cluster/src/node/missingModules';

let root = '';
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-modules-')));
  await mkdir(join(root, 'apps', 'api', 'src'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const place = (folder: string, content: object) =>
  writeFile(join(root, folder, 'package.json'), JSON.stringify(content));
const look = (folder: string, said = "Error: Cannot find module 'express'") =>
  missingModules({ folder: join(root, folder), root, said });
const some = { dependencies: { express: '5' } };

describe('what says that dependencies are not installed', () => {
  it('is a package.json that names some, and no node_modules there or above', async () => {
    await place('apps/api', some);
    expect(await look('apps/api')).toBe('apps/api');
    expect(await look('apps/api/src')).toBe('apps/api');
    expect(await look('apps')).toBeUndefined();
    await mkdir(join(root, 'node_modules'));
    expect(await look('apps/api')).toBeUndefined();
  });

  it('is one of the folder itself', async () => {
    await place('.', { devDependencies: { vite: '8' } });
    expect(await look('.')).toBe('.');
    await writeFile(join(root, '.pnp.cjs'), '');
    expect(await look('.')).toBeUndefined();
  });

  it('is none without dependencies, or that nobody can read', async () => {
    await place('.', { dependencies: {}, scripts: {} });
    expect(await look('.')).toBeUndefined();
    await writeFile(join(root, 'package.json'), '{');
    expect(await look('.')).toBeUndefined();
  });

  it('matters where something was not found', async () => {
    await place('.', some);
    for (const said of ["Error: Cannot find package 'express' imported from /w/a.js", 'sh: 1: next: not found'])
      expect(await look('.', said)).toBe('.');
    for (const said of [
      "Error: Cannot find module './gone'",
      'Error: broken',
      'ModuleNotFoundError: No module named flask',
      '',
    ])
      expect(await look('.', said)).toBeUndefined();
  });
});
