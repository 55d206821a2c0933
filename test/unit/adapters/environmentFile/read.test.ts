import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { YamlEnvironmentFiles } from '../../../../src/adapters/environmentFile/yamlEnvironmentFiles';
import type { AppError } from '../../../../src/core/errors';
import { isAppError } from '../../../../src/core/errors';

const files = new YamlEnvironmentFiles();
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coppice-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (text: string | Buffer): Promise<void> => writeFile(path.join(folder, 'coppice.yaml'), text);

async function failure(): Promise<AppError> {
  const error: unknown = await files.read(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error;
}

test('none: notConfigured', async () => {
  expect(await files.exists(folder)).toBe(false);
  const error = await failure();
  expect(error.code).toBe('notConfigured');
  expect(error.message).toContain(folder);
});

test('a good one, with its folders', async () => {
  await mkdir(path.join(folder, 'backend'));
  await mkdir(path.join(folder, 'chart'));
  await writeFile(path.join(folder, 'chart/Chart.yaml'), '');
  await write('version: 1\nservices: {a: {build: backend}, b: {build: .}}\nchart: chart\n');
  expect(await files.exists(folder)).toBe(true);
  const file = await files.read(folder);
  expect(file.services.map(({ build }) => build?.context)).toEqual(['backend', '.']);
  expect(file.chart).toBe('chart');
});

test('errors carry every problem, and lead to the first', async () => {
  await write('version: 1\nservices:\n  a: {image: x, port: 0}\n  b: {}\n');
  const error = await failure();
  expect(error.code).toBe('invalidInput');
  expect(error.message).toBe(
    'coppice.yaml:3:23: services.a.port must be a number from 1 to 65535, found 0 (and 1 more)',
  );
  expect(error.explanation?.split('\n')[1]).toBe(
    'coppice.yaml:4:3: services.b needs at least one of image, build and command',
  );
  expect(error.remedy?.action).toEqual({ kind: 'openFile', path: path.join(folder, 'coppice.yaml'), line: 3 });
});

test('folders that are missing, no folders, or without what belongs in them', async () => {
  await writeFile(path.join(folder, 'file'), '');
  await mkdir(path.join(folder, 'empty'));
  await write('version: 1\nservices:\n  a: {build: gone}\n  b: {build: file}\nchart: empty\n');
  expect((await failure()).explanation?.split('\n')).toEqual([
    'coppice.yaml:3:14: services.a.build names the folder "gone", which does not exist',
    'coppice.yaml:4:14: services.b.build must be a folder, "file" is none',
    'coppice.yaml:5:8: chart names the folder "empty", which has no Chart.yaml',
  ]);
});

test('a folder to run in is one inside, whatever stands between its parts', async () => {
  await mkdir(path.join(folder, 'apps/api'), { recursive: true });
  await symlink(tmpdir(), path.join(folder, 'apps/out'), 'dir');
  await writeFile(path.join(folder, 'apps/file'), '');
  await write('version: 1\nservices:\n  a: {command: x, folder: ./apps//api/}\n  b: {command: x, folder: .}\n');
  expect((await files.read(folder)).services.map((service) => service.folder)).toEqual(['apps/api', undefined]);
  await write(
    [
      'version: 1',
      'services:',
      ...['out', 'file', 'none'].map((name) => `  ${name}: {command: x, folder: apps/${name}}`),
    ].join('\n'),
  );
  expect((await failure()).explanation?.split('\n')).toEqual([
    'coppice.yaml:3:29: services.out.folder must be inside the repository, "apps/out" is a link that leads out of it',
    'coppice.yaml:4:30: services.file.folder must be a folder, "apps/file" is none',
    'coppice.yaml:5:30: services.none.folder names the folder "apps/none", which does not exist',
  ]);
});

test('a build in detail; a Dockerfile that is named must be there', async () => {
  await mkdir(path.join(folder, 'backend'));
  await write(
    'version: 1\nservices:\n  a:\n    build: {context: ./backend/, dockerfile: docker/dev, target: dev, args: {A: 1.10, B: true}}\n',
  );
  expect((await failure()).message).toBe(
    'coppice.yaml:4:12: services.a.build names the folder "backend", which has no docker/dev',
  );
  await mkdir(path.join(folder, 'backend/docker'));
  await writeFile(path.join(folder, 'backend/docker/dev'), 'FROM scratch\n');
  expect((await files.read(folder)).services[0]?.build).toEqual({
    context: 'backend',
    dockerfile: 'docker/dev',
    target: 'dev',
    args: { A: '1.10', B: 'true' },
  });
});

test('a link that leads out of the repository is refused, one inside is followed', async () => {
  await mkdir(path.join(folder, 'real'));
  await symlink('real', path.join(folder, 'inside'), 'dir');
  await symlink(tmpdir(), path.join(folder, 'outside'), 'dir');
  await write('version: 1\nservices:\n  a: {build: inside}\n');
  expect((await files.read(folder)).services[0]?.build?.context).toBe('inside');
  await write('version: 1\nservices:\n  a: {build: outside}\n');
  expect((await failure()).message).toBe(
    'coppice.yaml:3:14: services.a.build must be inside the repository, "outside" is a link that leads out of it',
  );
});

test('what is no text', async () => {
  await write(Buffer.from([0x76, 0xff, 0xfe]));
  expect((await failure()).message).toBe('coppice.yaml:1:1: the file cannot be read: it is not UTF-8 text');
  await write(Buffer.alloc(10 * 1024 * 1024, 'x'));
  expect((await failure()).message).toMatch(/it has 10485760 bytes; at most/);
  await rm(path.join(folder, 'coppice.yaml'));
  await mkdir(path.join(folder, 'coppice.yaml'));
  expect(await files.exists(folder)).toBe(false);
  expect((await failure()).message).toMatch(/it is no regular file/);
});

test.skipIf(process.platform === 'win32')('a pipe that nobody writes to does not hang', async () => {
  execFileSync('mkfifo', [path.join(folder, 'coppice.yaml')]);
  expect((await failure()).message).toMatch(/it is no regular file/);
});
