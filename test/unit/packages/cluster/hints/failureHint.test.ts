import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { arch, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FailedRun } from '../../../../../packages/cluster/src/hints/failedRun';
import { failureHint } from '../../../../../packages/cluster/src/hints/failureHint';
import { builtFor } from '../../../../../packages/cluster/src/hints/foreignLibrary';
import { elfHead } from '../../../../support/elfHead';

let root = '';
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'coppice-hints-')));
  await mkdir(join(root, 'api', 'lib'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = (path: string, content: string | Buffer) => writeFile(join(root, path), content);
const hint = (said: string, change: Partial<FailedRun> = {}) =>
  failureHint({ folder: join(root, 'api'), root, said, command: ['node', 'server.js'], env: {}, ...change });

describe('a native library', () => {
  const missing = (path: string) =>
    `  return process.dlopen(module, path.toNamespacedPath(filename));\n                 ^\n\nError: ${path}: cannot open shared object file: No such file or directory`;

  it.skipIf(process.platform === 'win32')('that is there was built for another processor', async () => {
    const [other, machine] = arch() === 'arm64' ? (['x64', 62] as const) : (['arm64', 183] as const);
    await write('api/lib/hash.node', elfHead(machine));
    expect(await hint(missing(join(root, 'api/lib/hash.node')))).toContain(
      `api/lib/hash.node was built for Linux ${other}, and this machine is `,
    );
    await mkdir(join(root, 'my app'));
    await write('my app/hash.node', elfHead(machine));
    expect(await hint(missing(join(root, 'my app/hash.node')))).toContain('my app/hash.node was built for Linux');
    await write('api/lib/mac.node', Buffer.from('cffaedfe0c000001'.padEnd(128, '0'), 'hex'));
    const said = await hint(`${join(root, 'api/lib/mac.node')}: invalid ELF header`);
    if (process.platform === 'linux') expect(said).toContain('api/lib/mac.node was built for macOS arm64');
  });

  it.skipIf(process.platform === 'win32')('is found also where other paths stand before it', async () => {
    await write('api/lib/hash.node', elfHead(arch() === 'arm64' ? 62 : 183));
    const said = `/usr/bin/node: ${join(root, 'api')} loads ${join(root, 'api/lib/hash.node')}: cannot open shared object file`;
    expect(await hint(said)).toContain('api/lib/hash.node was built for Linux');
    expect(await hint('Error: lib/hash.node: invalid ELF header')).toContain('api/lib/hash.node was built for Linux');
  });

  it.skipIf(process.platform === 'win32')(
    'is not opened where it is a pipe, which would wait for a writer',
    async () => {
      const pipe = join(root, 'api/lib/pipe.so');
      await promisify(execFile)('mkfifo', [pipe]);
      let waited = false;
      // Who waits for a writer gets one, so that the test ends.
      const writer = setTimeout(() => {
        waited = true;
        void write('api/lib/pipe.so', 'it waits');
      }, 10_000);
      expect(await hint(missing(pipe))).toBeUndefined();
      clearTimeout(writer);
      expect(waited).toBe(false);
    },
  );

  it('that is not there is told of as it is', async () => {
    expect(await hint(missing('libpq.so.5'))).toBeUndefined();
    expect(await hint(missing(join(root, 'gone.node')))).toBeUndefined();
  });

  it('is known by its first bytes', () => {
    expect(builtFor(elfHead(62))).toEqual({ system: 'Linux', machine: 'x64' });
    expect(builtFor(Buffer.from('MZ'.padEnd(64, '\0')))).toEqual({ system: 'Windows', machine: undefined });
    expect(builtFor(Buffer.from('text'.padEnd(64, ' ')))).toBeUndefined();
    expect(builtFor(Buffer.alloc(3))).toBeUndefined();
  });
});

describe('a script', () => {
  const command = ['./start.sh'];
  it('with Windows line ends is one', async () => {
    await write('api/start.sh', '#!/bin/sh\r\nexec node server.js\r\n');
    expect(await hint('exec: "./start.sh": no such file or directory', { command })).toBe(
      'api/start.sh has Windows line ends (CRLF)',
    );
    expect(await hint('start.sh: 2: set: Illegal option -', { command: ['sh', '-e', 'start.sh'] })).toBe(
      'api/start.sh has Windows line ends (CRLF)',
    );
    expect(await hint('Error: no broker', { command })).toBeUndefined();
  });

  it('names a program that there is not', async () => {
    await write('api/start.sh', '#!/no/such/python\nprint()\n');
    expect(await hint('exec: "./start.sh": no such file or directory', { command })).toBe(
      'the first line of api/start.sh names /no/such/python, which there is not',
    );
    await write('api/start.sh', '#!/no/sücher/python\nprint()\n');
    expect(await hint('exec: "./start.sh": no such file or directory', { command })).toContain('/no/sücher/python');
    await mkdir(join(root, 'Übung'));
    await write('Übung/python', '');
    await write('api/start.sh', `#!${join(root, 'Übung/python')}\nprint()\n`);
    expect(await hint('GET /favicon.ico: not found', { command })).toBeUndefined();
    await write('api/start.sh', '#!/bin/sh\nno-such-tool\n');
    expect(await hint('./start.sh: 2: no-such-tool: not found', { command })).toBeUndefined();
  });
});

describe('a file of another letter case', () => {
  beforeEach(async () => {
    await write('api/lib/prices.js', '');
    await write('api/Server.js', '');
  });
  const called = (name: string) => `the file is called ${name}, and letter case counts on this system`;

  it.each<[string, (at: string) => string]>([
    ['is required', (at) => `Error: Cannot find module './Prices'\nRequire stack:\n- ${join(at, 'api/lib/index.js')}`],
    [
      'is imported',
      (at) => `Cannot find module '${join(at, 'api/lib/Prices.js')}' imported from ${join(at, 'api/x.mjs')}`,
    ],
    ['is opened', () => "Error: ENOENT: no such file or directory, open 'Lib/prices.js'"],
    ['is opened by Python', () => "FileNotFoundError: [Errno 2] No such file or directory: 'lib/PRICES.js'"],
  ])('that %s', async (_, said) => {
    expect(await hint(said(root))).toBe(called('api/lib/prices.js'));
  });

  it('is none where nothing like it is there, where it is there, or where it is outside', async () => {
    expect(await hint("Cannot find module './lib/taxes'")).toBeUndefined();
    expect(await hint("Cannot find module './lib/prices'")).toBeUndefined();
    expect(await hint("Cannot find module '../../x'")).toBeUndefined();
    expect(await hint("Cannot find module 'express'")).toBeUndefined();
  });
});

describe('a variable', () => {
  it('names a file of authorities that there is not', async () => {
    const said = "code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'";
    const env = { NODE_EXTRA_CA_CERTS: 'certs/ca.pem' };
    expect(await hint(said, { env })).toBe('NODE_EXTRA_CA_CERTS names certs/ca.pem, which there is not');
    await mkdir(join(root, 'api/certs'));
    await write('api/certs/ca.pem', '');
    expect(await hint(said, { env })).toBeUndefined();
    expect(await hint(said)).toBeUndefined();
  });

  it('may name several folders of authorities, of which one is there', async () => {
    const said = 'certificate verify failed';
    const env = { SSL_CERT_DIR: ['certs', 'lib'].join(delimiter) };
    expect(await hint(said, { env })).toBeUndefined();
    expect(await hint(said, { env: { SSL_CERT_DIR: ['certs', 'more'].join(delimiter) } })).toContain(
      'SSL_CERT_DIR names',
    );
  });

  it('is not told where it holds no path but what may be a key', async () => {
    const said = 'certificate verify failed';
    expect(await hint(said, { env: { SSL_CERT_FILE: '-----BEGIN PRIVATE KEY-----\nMIIE' } })).toBeUndefined();
    expect(await hint(said, { env: { SSL_CERT_FILE: 'MIIE'.repeat(200) } })).toBeUndefined();
  });

  it('names a proxy that is not the cause where something else fails', async () => {
    const env = { HTTPS_PROXY: 'http://proxy.example:80' };
    expect(await hint('asks by proxy.example:80\nTypeError: x is undefined', { env })).toBeUndefined();
    expect(await hint('connect ECONNREFUSED proxy.example:8080', { env })).toBeUndefined();
    expect(await hint('connect ECONNREFUSED my.proxy.example:80', { env })).toBeUndefined();
    expect(await hint('dial tcp proxy.example:80: i/o timeout', { env })).toContain('is the proxy that HTTPS_PROXY');
  });

  it('names the proxy that does not answer, and its password is not told', async () => {
    const env = { https_proxy: 'http://me:secret@proxy.example:3128/' };
    expect(await hint('connect ECONNREFUSED proxy.example:3128', { env })).toBe(
      'proxy.example:3128 is the proxy that https_proxy names',
    );
    expect(await hint('connect ECONNREFUSED 127.0.0.1:9', { env })).toBeUndefined();
  });
});

it('what a program printed is read in time that grows with its length', async () => {
  const started = performance.now();
  for (const part of ['x', '/', '/a', 'x.so', '/x.so', '/.node', 'dlopen(/', 'refused ', '\n'])
    expect(
      await hint(part.repeat(1_000_000).slice(0, 1_000_000), { env: { HTTP_PROXY: 'http://a:1' } }),
    ).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(4000);
});
