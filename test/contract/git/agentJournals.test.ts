import { spawn, type ChildProcess } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitDirAround, writeAgentEvent } from '../../../src/adapters/git/agents/agentJournal';
import { AgentJournals } from '../../../src/adapters/git/agents/agentJournals';
import type { AgentNews } from '../../../src/core/agents/agentEvent';
import { until } from '../../support/until';

describe("the journals of a worktree's agents", () => {
  const journals = new AgentJournals();
  let folder: string;
  let gitDir: string;
  let tick: number;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-agents-')));
    gitDir = join(folder, '.git');
    await mkdir(gitDir);
    tick = 0;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const tell = (
    news: Omit<AgentNews, 'session'>,
    session = 's',
    pid: number | 'none' | undefined = process.pid,
  ): Promise<void> =>
    writeAgentEvent(
      gitDir,
      { session, ...news },
      { program: 'claude-code', pid: pid === 'none' ? undefined : pid, at: Date.now(), tick: tick++ },
    );
  const states = async (): Promise<string[]> =>
    (await journals.read({ gitDir }, Date.now())).map(({ session, state }) => `${session} ${state}`);
  const journal = (session: string): string => join(gitDir, 'coppice-agents', `${session}.jsonl`);

  const lastLine = async (session: string): Promise<string> =>
    (await readFile(journal(session), 'utf8')).trimEnd().split('\n').at(-1) ?? '';

  it('say what each does, from the first word on', async () => {
    expect(await states()).toEqual([]);
    await tell({ kind: 'start' });
    expect(await states()).toEqual(['s idle']);
    await tell({ kind: 'asks', wait: 'permission', asked: ['x'], said: 'Bash: ls' });
    expect(await journals.read({ gitDir }, Date.now())).toMatchObject([
      { state: 'waiting', wait: 'permission', said: 'Bash: ls', process: { pid: process.pid } },
    ]);
    await tell({ kind: 'end' });
    expect(await states()).toEqual([]);
  });

  it('ask seldom when a process began where a program has to be started for that, and see at once that it ended', async () => {
    const agent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    children.push(agent);
    const ended = new Promise((resolve) => agent.once('exit', resolve));
    await tell({ kind: 'start' }, 's', agent.pid);
    let asked = 0;
    const seldom = new AgentJournals({ isCheap: false, startOf: async () => void asked++ });
    const stateOf = async () => (await seldom.read({ gitDir }, Date.now())).map(({ state }) => state);
    // Who does not say in time has not said that it is gone.
    for (let look = 0; look < 3; look++) expect(await stateOf()).toEqual(['idle']);
    expect(asked).toBe(1);
    agent.kill('SIGKILL');
    await ended;
    expect(await stateOf()).toEqual(['gone']);
    expect(asked).toBe(1);
  });

  it('lose nothing of twenty agents, each with hooks that write at once', async () => {
    const sessions = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const events = sessions.flatMap((session) => [
      tell({ kind: 'prompt' }, session, 'none'),
      ...Array.from({ length: 10 }, (_, index) => tell({ kind: 'asks', asked: [`t${index}`] }, session, 'none')),
      ...Array.from({ length: 10 }, (_, index) => tell({ kind: 'used', asked: [`t${index}`] }, session, 'none')),
    ]);
    await Promise.all(events);
    expect((await states()).sort()).toEqual(sessions.map((session) => `${session} working`).sort());
  });

  it('a process that was killed is gone, also where another has its number by now', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    children.push(child);
    await tell({ kind: 'prompt' }, 'killed', child.pid);
    expect(await states()).toEqual(['killed working']);
    child.kill('SIGKILL');
    await until(async () => (await states())[0] === 'killed gone', 10_000);
    const other = { version: 1, program: 'claude-code', session: 'before', at: Date.now(), tick: 1, kind: 'prompt' };
    const event = { ...other, machine: hostname(), pid: process.pid, started: 'another time' };
    await writeFile(journal('before'), `${JSON.stringify(event)}\n`);
    expect(await states()).toContain('before gone');
    // Of another machine, such as a container, nobody knows here.
    await writeFile(journal('away'), `${JSON.stringify({ ...event, session: 'away', machine: 'elsewhere' })}\n`);
    expect(await states()).toContain('away working');
  });

  it('that nobody could write, that were cut off, or that a newer version wrote, are passed over', async () => {
    await tell({ kind: 'prompt' });
    await appendFile(journal('s'), '{"version":2,"kind":"stop"}\n{"version":1,"kind":"stop"}\nnull\n{"version":1,"ki');
    await writeFile(journal('empty'), '');
    await mkdir(journal('folder'));
    expect(await states()).toEqual(['s working']);
  });

  it('are read from their end when they are long', async () => {
    await tell({ kind: 'prompt' });
    const line = (await import('node:fs/promises')).readFile(journal('s'), 'utf8');
    await appendFile(journal('s'), (await line).repeat(3000));
    await tell({ kind: 'stop', said: 'at last' });
    expect(await journals.read({ gitDir }, Date.now())).toMatchObject([{ state: 'done', said: 'at last' }]);
  });

  it('say what is waited for however long helpers run on beside it, and since when', async () => {
    await tell({ kind: 'prompt' });
    await tell({ kind: 'asks', wait: 'permission', asked: ['x'], said: 'Bash: ls' });
    const [before] = await journals.read({ gitDir }, Date.now());
    const used = JSON.stringify({ ...JSON.parse(await lastLine('s')), kind: 'used', helper: 'h', tick: 9 });
    await appendFile(journal('s'), `${used}\n`.repeat(1000));
    expect(await journals.read({ gitDir }, Date.now())).toEqual([before]);
    expect(before).toMatchObject({ state: 'waiting', said: 'Bash: ls' });
  });

  it('say what each of two processes waits for that have one session, however much the other one does', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    children.push(other);
    await tell({ kind: 'start' });
    await tell({ kind: 'asks', wait: 'permission', asked: ['x'], said: 'Bash: ls' });
    await tell({ kind: 'start' }, 's', other.pid);
    await tell({ kind: 'used' }, 's', other.pid);
    await appendFile(journal('s'), `${await lastLine('s')}\n`.repeat(1000));
    const found = async (): Promise<string[]> =>
      (await journals.read({ gitDir }, Date.now())).map(({ process: of, state }) => `${of?.pid} ${state}`);
    expect(await found()).toEqual([`${process.pid} waiting`, `${other.pid} working`]);
  });

  it('say of a session that two processes have that it goes on where one of them has ended', async () => {
    await tell({ kind: 'start' });
    await tell({ kind: 'asks', wait: 'permission', asked: ['x'] });
    await tell({ kind: 'start' }, 's', 2 ** 30);
    await tell({ kind: 'end' }, 's', 2 ** 30);
    expect(await states()).toEqual(['s waiting']);
  });

  it('lose nothing of what is told after a line that was cut off', async () => {
    await tell({ kind: 'prompt' });
    await appendFile(journal('s'), '{"version":1,"kind":"us');
    await tell({ kind: 'stop' });
    expect(await states()).toEqual(['s done']);
  });

  it('give way to what the program of a session says later, where it lives', async () => {
    await tell({ kind: 'prompt' });
    await tell({ kind: 'asks', wait: 'permission', asked: ['x'] });
    const asked: string[] = [];
    const told = new AgentJournals({
      wordOf: async ({ session }) => {
        asked.push(session);
        return { activity: 'busy', since: Date.now() + 1000 };
      },
    });
    const found = async (): Promise<string[]> =>
      (await told.read({ gitDir }, Date.now())).map(({ session, state }) => `${session} ${state}`);
    expect(await found()).toContain('s working');
    expect(asked).toEqual(['s']);
    await tell({ kind: 'asks', wait: 'permission' }, 'dead', 2 ** 30);
    expect(await found()).toContain('dead gone');
    expect(asked).not.toContain('dead');
  });

  it('that are old stay where their agent lives, with what a person was told of it', async () => {
    await tell({ kind: 'asks', wait: 'permission' }, 'lives');
    await tell({ kind: 'asks', wait: 'permission' }, 'dead', 2 ** 30);
    const names = ['lives.jsonl', 'lives.5.told', 'dead.jsonl', 'dead.5.told', 'none.5.told'];
    const before = new Date(Date.now() - 4 * 24 * 3_600_000);
    for (const name of names) {
      const file = join(gitDir, 'coppice-agents', name);
      await appendFile(file, '');
      await utimes(file, before, before);
    }
    await tell({ kind: 'start' }, 'new');
    expect((await readdir(join(gitDir, 'coppice-agents'))).sort()).toEqual([
      'lives.5.told',
      'lives.jsonl',
      'new.jsonl',
    ]);
  });

  it('that are old go when a session begins', async () => {
    await tell({ kind: 'end' }, 'old');
    const before = new Date(Date.now() - 4 * 24 * 3_600_000);
    await utimes(journal('old'), before, before);
    await tell({ kind: 'prompt' }, 'new');
    expect(await readdir(join(gitDir, 'coppice-agents'))).toHaveLength(2);
    await tell({ kind: 'start' }, 'new');
    expect(await readdir(join(gitDir, 'coppice-agents'))).toEqual(['new.jsonl']);
  });

  it('tell those who watch, for as long as they do', async () => {
    await tell({ kind: 'start' });
    const news: string[] = [];
    const watch = journals.watch([{ gitDir }, { gitDir: join(folder, 'none') }], (worktree) =>
      news.push(worktree.gitDir),
    );
    await tell({ kind: 'prompt' });
    // So soon whoever looks after agents is to know.
    await until(() => news.length > 0, 2000);
    expect(new Set(news)).toEqual(new Set([gitDir]));
    watch.dispose();
  });

  it('are in the git directory of the worktree that a folder is in', async () => {
    const [deep, linked] = [join(folder, 'a', 'b'), join(folder, 'linked', 'c')];
    await mkdir(deep, { recursive: true });
    await mkdir(linked, { recursive: true });
    await writeFile(join(folder, 'linked', '.git'), 'gitdir: ../.git/worktrees/linked\n');
    expect([gitDirAround(deep), gitDirAround(linked)]).toEqual([gitDir, join(gitDir, 'worktrees', 'linked')]);
    expect(gitDirAround(tmpdir())).toBeUndefined();
  });

  it('a worktree that is gone gets none', async () => {
    await rm(gitDir, { recursive: true });
    await expect(tell({ kind: 'start' })).rejects.toThrow('ENOENT');
    expect(await states()).toEqual([]);
  });
});
