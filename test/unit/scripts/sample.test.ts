import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mustRun } from '../../../scripts/workplace/run.mjs';
import { ensureSample } from '../../../scripts/workplace/sample.mjs';

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'coppice-sample-'));
});

afterEach(() => rm(place, { recursive: true, force: true }));

const git = async (cwd: string, ...args: string[]) => (await mustRun('git', args, { cwd })).trim();

test('the sample is a clean repository with an origin that has one branch more', async () => {
  const repository = await ensureSample(place);
  expect(repository).toBe(join(place, 'fibonacci'));
  expect(await git(repository, 'status', '--porcelain=v2', '--branch')).toMatch(/branch\.ab \+0 -0$/);
  expect(Number(await git(repository, 'rev-list', '--count', 'HEAD'))).toBeGreaterThan(3);
  expect((await git(repository, 'branch', '--all', '--format=%(refname)')).split('\n').sort()).toEqual([
    'refs/heads/main',
    ...['HEAD', 'feature/slow-query', 'main'].map((name) => `refs/remotes/origin/${name}`),
  ]);
  expect(await git(repository, 'remote', 'get-url', 'origin')).toBe(join(place, 'fibonacci.git'));
  expect(await git(repository, 'diff', '--stat', 'main', 'origin/feature/slow-query')).toContain('backend/database.js');
  expect((await readdir(place)).sort()).toEqual(['fibonacci', 'fibonacci.git', 'node_modules']);
});

test('a worktree beside it finds the packages of the services without an install', async () => {
  const repository = await ensureSample(place);
  const worktree = join(`${repository}.worktrees`, 'other');
  await git(repository, 'worktree', 'add', '--quiet', '--no-track', '-b', 'other', worktree);
  const code = "await import('pg'); await import('./backend/fibonacci.js'); console.log('found')";
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: worktree,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('found\n');
});

test('a second call leaves what is there as it is', async () => {
  const repository = await ensureSample(place);
  await writeFile(join(repository, 'README.md'), 'mine');
  expect(await ensureSample(place)).toBe(repository);
  expect(await readFile(join(repository, 'README.md'), 'utf8')).toBe('mine');
});

test('a folder of somebody else is refused and stays', async () => {
  await mkdir(join(place, 'fibonacci'));
  await writeFile(join(place, 'fibonacci', 'thesis.txt'), 'mine');
  await expect(ensureSample(place)).rejects.toThrow(/exists and is no git repository: choose another place/);
  expect(await readdir(place)).toEqual(['fibonacci']);
});
