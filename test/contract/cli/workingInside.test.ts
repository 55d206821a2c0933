import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

const server = `require('node:http').createServer((_, answer) => answer.end()).listen(Number(process.env.PORT))`;
const environmentFile = `version: 1
services:
  web: {command: [node, -e, "${server}"], port: 3000, health: /}
`;

let world: CliWorld;
let terminal: ChildProcess | undefined;
beforeAll(async () => {
  world = await CliWorld.create();
  await writeFile(join(world.repository, 'coppice.yaml'), environmentFile);
  await world.git('commit', '--quiet', '--all', '--message', 'no services');
}, 60_000);
afterEach(() => {
  terminal?.kill('SIGKILL');
});
afterAll(() => world.dispose());

interface Shell {
  readonly pid: number;
  /** Has it do something. */
  readonly type: (line: string) => void;
}

/** A person's shell in a terminal of its own. */
async function shellIn(cwd: string): Promise<Shell> {
  const told = join(world.folder, 'shell');
  await rm(told, { force: true });
  const child = spawn('script', ['-qfc', 'exec sh', '/dev/null'], {
    cwd: world.folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  terminal = child;
  const type = (line: string): void => void child.stdin.write(`${line}\n`);
  type(`cd '${cwd}' && echo $$ >'${told}'`);
  const pid = await until(async () => Number(await readFile(told, 'utf8').catch(() => '0')) || undefined, 10_000);
  return { pid, type };
}

describe.runIf(process.platform === 'linux' && existsSync('/usr/bin/script'))('a person’s shell in a worktree', () => {
  it('is named by a delete and not ended, and its folder is brought back around it', async () => {
    const { path } = await world.json<CreatedJson>(['create', 'topic']);
    const below = join(path, 'some folder');
    await mkdir(below);
    await writeFile(join(below, 'draft'), 'a thought');
    const { pid, type } = await shellIn(below);
    const { code, stdout, stderr } = await world.cli(['delete', 'topic', '--discard', 'untracked']);
    expect([code, stdout]).toEqual([0, 'topic: environment deleted, worktree deleted, branch deleted\n']);
    expect(stderr).toContain(`Not ended, and still at work in what was its folder: sh (process ${pid}).\n`);
    const answer = join(world.folder, 'answer');
    type(`cat draft >'${answer}'`);
    await until(async () => (await readFile(answer, 'utf8').catch(() => '')) === 'a thought', 10_000);
    expect((await world.cli(['undo', 'topic'])).code).toBe(0);
    type(`echo more >>draft; pwd -P >'${answer}'`);
    await until(async () => (await readFile(answer, 'utf8')) === `${below}\n`, 10_000);
    expect(await readFile(join(below, 'draft'), 'utf8')).toBe('a thoughtmore\n');
  });

  it('is told in JSON, and nobody is where nobody works', async () => {
    const { path } = await world.json<CreatedJson>(['create', 'told']);
    const { pid } = await shellIn(path);
    const gone = await world.json<object>(['delete', 'told']);
    expect(gone).toMatchObject({ worktree: 'deleted', programs: [{ pid, name: 'sh' }] });
    await world.json(['create', 'alone']);
    expect(Object.keys(await world.json<object>(['delete', 'alone']))).not.toContain('programs');
  });
});
