import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toAppError } from '../../../src/core/errors';

/** As Node.js makes them. */
function systemErrorOf(code: string, syscall: string, more: object = {}): Error {
  const words = [...getSystemErrorMap().values()].find(([name]) => name === code)?.[1] ?? 'unknown error';
  return Object.assign(new Error(`${code}: ${words}, ${syscall} '/x'`), { errno: -1, code, syscall, ...more });
}

const calls = [
  ...['open', 'read', 'write', 'mkdir', 'rename', 'unlink', 'rmdir', 'scandir', 'lstat', 'realpath', 'copyfile'],
  ...['symlink', 'chmod', 'utime', 'fsync', 'ftruncate', 'statfs', 'watch', 'spawn git', 'connect', 'listen', 'other'],
];

describe('an error of the operating system', () => {
  it.each(calls)('is told in words, whatever its number is: %s', (syscall) => {
    const names = [...Object.keys(constants.errno), ...[...getSystemErrorMap().values()].map(([name]) => name)];
    for (const code of new Set(names)) {
      const told = toAppError(systemErrorOf(code, syscall, { path: '/x' }));
      expect(told.code).not.toBe('bug');
      expect(told.message).toMatch(new RegExp(`: .{5,} \\(${code}\\)\\.$`));
      expect(told.message).not.toContain('undefined');
      expect(told.cause).toMatchObject({ code });
    }
  });

  it.each([
    ['EROFS', 'mkdir', { path: '/r/.git' }, 'denied', '/r/.git cannot be made: its file system is read-only (EROFS).'],
    ['EACCES', 'open', { path: '/h/f' }, 'denied', '/h/f cannot be opened: this account may not do that (EACCES).'],
    ['ENOSPC', 'write', {}, 'failed', 'A file cannot be written: its disk is full (ENOSPC).'],
    [
      'ENOENT',
      'mkdir',
      { path: '/p/q' },
      'failed',
      '/p/q cannot be made: a folder of its path does not exist (ENOENT).',
    ],
    [
      'EXDEV',
      'rename',
      { path: '/a', dest: '/b' },
      'failed',
      '/a cannot be moved to /b: it would have to move to another file system (EXDEV).',
    ],
    [
      'ENOENT',
      'spawn helm',
      { path: 'helm' },
      'missingTool',
      'The program helm cannot be started: it does not exist (ENOENT).',
    ],
    [
      'EACCES',
      'spawn /h',
      { path: '/h' },
      'denied',
      'The program /h cannot be started: this account may not do that (EACCES).',
    ],
    [
      'ECONNREFUSED',
      'connect',
      { address: '::1', port: 5432 },
      'unreachable',
      '::1:5432 does not answer: connection refused (ECONNREFUSED).',
    ],
    [
      'ETIMEDOUT',
      'connect',
      { address: '10.0.0.1', port: 1 },
      'timeout',
      '10.0.0.1:1 does not answer: connection timed out (ETIMEDOUT).',
    ],
    [
      'EADDRINUSE',
      'listen',
      { address: '127.0.0.1', port: 80 },
      'failed',
      '127.0.0.1:80 cannot be listened at: it is taken (EADDRINUSE).',
    ],
    [
      'ENOENT',
      'uv_cwd',
      {},
      'notFound',
      'The folder that this command runs in does not exist any more: go to another one.',
    ],
  ])('%s of %s', (code, syscall, more, kind, message) => {
    expect(toAppError(systemErrorOf(code, syscall, more))).toMatchObject({ code: kind, message });
  });

  it('is no bug, and a bug is no such error', () => {
    for (const bug of [new TypeError('x'), Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }), 'ENOENT'])
      expect(toAppError(bug).code).toBe('bug');
  });
});

describe('real ones', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'coppice-errno-'));
    writeFileSync(join(folder, 'file'), 'x');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each<[string, (folder: string) => Promise<unknown> | void]>([
    ['below a file', (at) => mkdir(join(at, 'file', 'x'), { recursive: true })],
    ['in no folder', (at) => writeFile(join(at, 'none', 'x'), '')],
    ['of a folder', (at) => readFile(at)],
    ['a folder that is not empty', (at) => rmdir(at)],
    ['a name too long', (at) => writeFile(join(at, 'x'.repeat(5000)), '')],
    ['moving what is not there', (at) => rename(join(at, 'none'), join(at, 'other'))],
    ['without a promise', (at) => void readFileSync(join(at, 'none'))],
  ])('%s', async (_, act) => {
    const error = await Promise.resolve()
      .then(() => act(folder))
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    const told = toAppError(error);
    expect(told.code).toBe('failed');
    expect(told.message).toMatch(/^.* cannot be (?:made|opened|read|removed|moved to .*): [a-z].* \([A-Z]+\)\.$/);
    // A read of what is open already does not know its path any more.
    if (!told.message.startsWith('A file')) expect(told.message).toContain(folder);
  });
});
