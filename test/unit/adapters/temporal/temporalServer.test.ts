import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TemporalServer } from '../../../../src/adapters/temporal/temporalServer';

const { signal } = new AbortController();
const owner = { repositoryId: '111111111111', worktreeId: '0000000000e1' };
const address = '127.0.0.1:7233';
const how = { waits: true, worktrees: [] };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'coppice-temporal-server-'));
  await mkdir(join(home, 'temporal', 'namespaces'), { recursive: true });
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Temporal's program as it is towards a server that takes connections and answers nothing. */
async function mute(): Promise<string> {
  const program = join(home, 'temporal-program');
  const runs = JSON.stringify(join(home, 'runs'));
  const text = `#!${process.execPath}\nrequire('node:fs').appendFileSync(${runs}, 'x');\nsetInterval(() => {}, 1000);\n`;
  await writeFile(program, text, { mode: 0o755 });
  return program;
}

// Windows has no scripts that are programs.
it.skipIf(process.platform === 'win32')(
  'a server that hangs is waited for once, said, and left or refused',
  async () => {
    const settings = { 'temporal.address': address, 'temporal.path': await mute() };
    const server = new TemporalServer({ home, settings: () => settings, env: process.env, probeMs: 3_000 });
    const registered = { servers: [{ address, isOurs: false, cluster: 'its-id' }] };
    await writeFile(join(home, 'temporal', 'namespaces', 'worktree-a.json'), JSON.stringify(registered));
    const trouble = `Temporal takes connections at ${address} and answers nothing`;
    expect(await server.reach('worktree-a', how, signal)).toBe(trouble);
    expect(await server.workflows('worktree-a', signal)).toBe(0);
    await expect(server.remove('worktree-a', owner, signal)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(trouble) as unknown,
    });
    expect(await server.remove('worktree-a', owner, signal, true)).toBe(trouble);
    expect(await readFile(join(home, 'runs'), 'utf8')).toBe('x');
  },
  60_000,
);

it('what was said of the wanted server and cannot be read is told, and stays as it is', async () => {
  const program = await mute();
  const file = join(home, 'temporal', 'server.json');
  await writeFile(file, '{"program": "/us');
  const settings = { 'temporal.address': address, 'temporal.path': program };
  const server = new TemporalServer({ home, settings: () => settings, env: process.env, probeMs: 3_000 });
  await expect(server.connect([], signal)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(file) as unknown,
  });
  expect(await readFile(file, 'utf8')).toBe('{"program": "/us');
}, 60_000);
