import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { root } from '../../../scripts/workplace/run.mjs';

let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coppice-alone-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const script = (name: string): string => JSON.stringify(`file://${join(root, 'scripts', 'workplace', name)}`);

/** A process of its own that runs this, as a module; with what it says. */
function start(body: string): { child: ChildProcess; ended: Promise<number | null>; said: () => string } {
  const child = spawn(process.execPath, ['--input-type=module', '-e', body], { cwd: folder });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  return { child, ended: once(child, 'close').then(([code]) => code), said: () => said };
}

/** Writes down when the work of a process begins and ends. */
const worker = (name: string, work: string): string => `
  import { appendFileSync, existsSync, watch } from 'node:fs';
  import { setTimeout as delay } from 'node:timers/promises';
  import { alone } from ${script('alone.mjs')};
  await alone('lock', async () => {
    appendFileSync('log', 'begin ${name}\\n');
    ${work}
    appendFileSync('log', 'end ${name}\\n');
  });`;

/** A process begins in its own time where the machine is busy. */
const longMs = 20_000;

const log = async (): Promise<string[]> => (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');

it('lets one process at a time work, however many begin at the same instant', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const codes = await Promise.all(names.map((name) => start(worker(name, 'await delay(20);')).ended));
  expect(codes).toEqual([0, 0, 0, 0]);
  const lines = await log();
  expect(lines.length).toBe(8);
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('begin', 'end'));
  expect(await readdir(join(folder, 'lock'))).toEqual(['free']);
});

it('says whom it waits for, and goes on when that one is killed', async () => {
  const first = start(worker('first', 'await new Promise((done) => setInterval(() => undefined, 1000));'));
  await vi.waitFor(async () => expect(await log()).toEqual(['begin first']), longMs);
  const second = start(worker('second', ''));
  await vi.waitFor(
    () => expect(second.said()).toContain(`Waiting for process ${first.child.pid}, which is at work here`),
    longMs,
  );
  expect(await log()).toEqual(['begin first']);
  first.child.kill('SIGKILL');
  expect(await second.ended).toBe(0);
  expect(await log()).toEqual(['begin first', 'begin second', 'end second']);
});

it('does not wait for a process that has the number of one from before the machine was started', async () => {
  await mkdir(join(folder, 'lock'));
  const held = join(folder, 'lock', `held-${process.pid}-0`);
  await writeFile(held, '');
  await utimes(held, new Date(0), new Date(0));
  expect(await start(worker('a', '')).ended).toBe(0);
  expect(await log()).toEqual(['begin a', 'end a']);
});

it('frees the lock when the work fails, and passes on why', async () => {
  const { ended, said } = start(worker('a', "throw new Error('no network');"));
  expect(await ended).toBe(1);
  expect(said()).toContain('no network');
  expect(await readdir(join(folder, 'lock'))).toEqual(['free']);
});

it('installs once for two scripts that begin at the same instant, and both find it installed', async () => {
  await mkdir(join(folder, 'a'));
  await writeFile(join(folder, 'a', 'package.json'), JSON.stringify({ name: 'a', version: '1.0.0' }));
  const scripts = { preinstall: `node -e "require('fs').appendFileSync('log', 'install\\n')"` };
  const dependencies = { a: 'file:a' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'b', version: '1.0.0', scripts, dependencies }));
  const packages = {
    '': { name: 'b', version: '1.0.0', hasInstallScript: true, dependencies },
    a: { version: '1.0.0' },
    'node_modules/a': { resolved: 'a', link: true },
  };
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ name: 'b', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  );
  const install = `
    import { installOnce } from ${script('dependencies.mjs')};
    await installOnce(process.cwd(), 'lock');
    console.log('installed');`;
  const both = [start(install), start(install)];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  for (const { said } of both) expect(said()).toMatch(/^installed$/m);
  expect(await log()).toEqual(['install']);
  expect(existsSync(join(folder, 'node_modules', 'a', 'package.json'))).toBe(true);
});
