import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { cliProgram } from './cliWorld';

const root = join(import.meta.dirname, '..', '..', '..');
const environment = { ...process.env, COPPICE_HOME: join(tmpdir(), 'coppice-that-is-never-made') };

function coppice(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const options = { encoding: 'utf8', cwd: tmpdir(), env: environment } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliProgram, ...args], options);
  return { status, stdout, stderr };
}

it('says its version', async () => {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(coppice('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

it('helps who asks on standard output, and who says nothing on standard error', () => {
  const { stdout, status } = coppice('--help');
  expect(status).toBe(0);
  for (const command of 'create list status switch open logs restart delete cluster'.split(' '))
    expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(coppice()).toEqual({ status: 2, stdout: '', stderr: stdout });
  expect(coppice('cluster')).toMatchObject({ status: 2, stdout: '' });
  expect(coppice('delete', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--discard') });
});

it.each([
  [['frobnicate'], "unknown command 'frobnicate' (coppice --help)"],
  [['lst'], "unknown command 'lst' (coppice --help)"],
  [['list', '--frob'], "unknown option '--frob' (coppice --help)"],
  [['list', 'too', 'much'], /^too many arguments for 'list'\./],
  [['delete'], "missing required argument 'name' (coppice --help)"],
  [['create', 'x', '--from'], "option '--from <base>' argument missing (coppice --help)"],
  [['cluster', 'restart'], "unknown command 'restart' (coppice --help)"],
  [['infra', 'setup', '--parts', 'grafana,tempo'], /^"tempo" is no part of infra: there are postgresql, /],
])('says in one line what is wrong with %j', (args, line) => {
  const { status, stdout, stderr } = coppice(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const [first = '', ...more] = stderr.split('\n');
  expect(first).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  expect(more).toEqual(['']);
  const json: unknown = JSON.parse(coppice(...args, '--json').stdout);
  expect(json).toMatchObject({ error: { code: 'invalidInput' } });
});

it('is there for npx in a clone', async () => {
  const { stdout } = await promisify(execFile)('npx', ['--no', 'coppice', '--version'], {
    cwd: root,
    env: environment,
    shell: process.platform === 'win32',
  });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('keeps what Node.js compiled of it in its home, which it does not make for that', async () => {
  expect(coppice('list').status).not.toBe(0);
  expect(existsSync(environment.COPPICE_HOME)).toBe(false);
  const home = await mkdtemp(join(tmpdir(), 'coppice-compiled-'));
  try {
    const version = () =>
      spawnSync(process.execPath, [cliProgram, '--version'], { env: { ...environment, COPPICE_HOME: home } });
    await writeFile(join(home, 'compiled'), 'in the way');
    expect(version()).toMatchObject({ status: 0, stderr: Buffer.alloc(0) });
    await rm(join(home, 'compiled'));
    expect(version().status).toBe(0);
    const { version: own }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(await readdir(join(home, 'compiled', own), { recursive: true })).not.toEqual([]);
    // What an earlier version left goes.
    await mkdir(join(home, 'compiled', '0.0.1'));
    expect(version().status).toBe(0);
    expect(await readdir(join(home, 'compiled'))).toEqual([own]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

it('ends once it has said everything, whatever is still held open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-usage-'));
  try {
    const held = join(folder, 'held.cjs');
    await writeFile(held, 'setTimeout(() => undefined, 600_000);\n');
    const { stdout: whole } = coppice('schema');
    const child = spawn(process.execPath, ['--require', held, cliProgram, 'schema'], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    // Its reader is slower than it is.
    const read: Buffer[] = [];
    for await (const chunk of child.stdout) {
      read.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toEqual([0, null]);
    expect(Buffer.concat(read).toString()).toBe(whole);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
