import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../../scripts/workplace/run.mjs';
import { isAlive, until } from '../../support/until';

/** Waits for a file in the clone, for as long as .ci/run is there. */
const waitFor = (file: string): string => `until [ -e ${file} ] || ! kill -0 $PPID 2>/dev/null; do sleep 0.05; done`;
/** As the stage of that name does when it begins. */
const beginContract = 'mkdir -p out/test; echo >out/test/contract.log';

describe.skipIf(process.platform === 'win32')('.ci/run', { timeout: 60_000 }, () => {
  let folder: string;
  let clone: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coppice-ci-'));
    clone = join(folder, 'clone');
    await mkdir(join(clone, '.ci'), { recursive: true });
    await copyFile(join(root, '.ci', 'run'), join(clone, '.ci', 'run'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function program(path: string, ...lines: string[]): Promise<void> {
    await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  }

  /** Puts a Kubernetes beside the clone, whose `up` does this. */
  async function cluster(...up: string[]): Promise<void> {
    const beside = join(folder, 'shared', 'cluster');
    await mkdir(beside, { recursive: true });
    await program(join(beside, 'up'), ...up);
    await program(join(beside, 'down'), 'echo >>down');
  }

  /** @param scripts what npm does in place of each, by its name */
  async function start(scripts: Readonly<Record<string, readonly string[]>>): Promise<ChildProcess> {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const cases = Object.entries(scripts).map(([name, lines]) => `*" ${name} "*)\n${lines.join('\n')};;`);
    await program(join(bin, 'npm'), `case " $* " in`, ...cases, 'esac');
    const env = { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter) };
    return spawn(join(clone, '.ci', 'run'), { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly lines: string[] }> {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    return new Promise((resolve) =>
      child.once('close', (code) => resolve({ code, lines: text.trimEnd().split('\n') })),
    );
  }

  const downs = async (): Promise<number> =>
    existsSync(join(clone, 'down')) ? (await readFile(join(clone, 'down'), 'utf8')).split('\n').length - 1 : 0;

  it('counts all tests where no Kubernetes is beside it', async () => {
    const scripts = { 'test:all': ['echo 3 passed, 0 failed'] };
    expect(await ended(await start(scripts))).toMatchObject({
      code: 0,
      lines: ['3 passed, 0 failed', '', '3 passed, 0 failed'],
    });
  });

  it('asks the Kubernetes beside the tests of other programs, of what was built, and counts both', async () => {
    await cluster('echo up >>order', "echo 'export KUBECONFIG=of-the-cluster'");
    const all = ['echo begun >>order', beginContract, waitFor('asked'), 'echo 3 passed, 0 failed'];
    const asked = ['echo "$KUBECONFIG $*" >asked', 'echo 2 passed, 1 failed', 'exit 1'];
    const { code, lines } = await ended(await start({ 'test:all': all, 'test:cluster': asked }));
    expect({ code, lines }).toEqual({
      code: 1,
      lines: ['3 passed, 0 failed', '', '2 passed, 1 failed', '', '5 passed, 1 failed'],
    });
    expect(await readFile(join(clone, 'order'), 'utf8')).toBe('begun\nup\n');
    expect(await readFile(join(clone, 'asked'), 'utf8')).toMatch(/^of-the-cluster .*test:cluster -- --built$/m);
    expect(await downs()).toBe(1);
  });

  it('waits for a stage before which all is built, and what it needs besides is installed', async () => {
    const said = await readFile(join(root, 'scripts', 'test.mjs'), 'utf8');
    const [, ...stages] = said.slice(0, said.indexOf('\n];')).split("name: '");
    const beside = stages.findIndex((stage) => stage.startsWith('contract'));
    expect(stages.findIndex((stage) => stage.startsWith('unit'))).toBe(beside - 1);
    expect(stages.slice(beside).filter((stage) => stage.includes('isOfOneCore'))).toEqual([]);
  });

  it('asks it also where those did not begin, and has failed where no count comes', async () => {
    await cluster('echo export KUBECONFIG=k');
    const { code, lines } = await ended(
      await start({ 'test:all': ['echo 0 passed, 1 failed', 'exit 1'], 'test:cluster': ['echo It broke', 'exit 0'] }),
    );
    expect({ code, last: lines.at(-1) }).toEqual({ code: 1, last: '0 passed, 2 failed' });
  });

  it('has failed where what asks it is killed', async () => {
    await cluster('echo export KUBECONFIG=k');
    // Of its parents the one that writes down how it ended.
    const killed = ['kill -9 -- "-$(ps -o pgid= -p $$ | tr -d " ")"'];
    const all = [beginContract, 'echo 3 passed, 0 failed'];
    const { code, lines } = await ended(await start({ 'test:all': all, 'test:cluster': killed }));
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(/^3 passed, [1-9]\d* failed$/);
  });

  it('says why it cannot be started, which fails nothing', async () => {
    await cluster('echo no Docker here >&2', 'exit 1');
    const { code, lines } = await ended(await start({ 'test:all': [beginContract, 'echo 3 passed, 0 failed'] }));
    expect(code).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/cannot be started.*: no Docker here$/));
    expect(lines.at(-1)).toBe('3 passed, 0 failed');
  });

  it('that is ended takes what runs beside with it', async () => {
    await cluster('echo export KUBECONFIG=k');
    const all = [beginContract, waitFor('never')];
    const asked = ['sleep 600 &', 'echo $! >asking', 'wait'];
    const child = await start({ 'test:all': all, 'test:cluster': asked });
    const read = (): Promise<string> => readFile(join(clone, 'asking'), 'utf8').catch(() => '');
    const pid = Number(await until(read, 30_000));
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGTERM');
    await until(() => !isAlive(pid) && existsSync(join(clone, 'down')), 30_000);
    expect(await downs()).toBe(1);
  });
});
