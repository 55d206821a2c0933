import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { watchLineProblems } from '../../support/watchLines';
import { CliWorld, type RunningCli } from './cliWorld';

interface Line {
  readonly type: string;
  readonly path?: string;
  readonly session?: string;
  readonly state?: string;
  readonly why?: string | null;
  readonly worktree?: { readonly branch: string; readonly path: string };
}

describe('coppice list --json --watch', { timeout: 120_000 }, () => {
  let world: CliWorld;
  let folder: string;
  let running: RunningCli | undefined;
  const sleepers: ChildProcess[] = [];
  beforeAll(async () => {
    world = await CliWorld.create();
    folder = join(world.folder, 'linked');
    await world.git('worktree', 'add', '--quiet', '-b', 'linked', folder);
  }, 120_000);
  afterEach(async () => {
    running?.child.kill('SIGKILL');
    await running?.done;
    for (const sleeper of sleepers.splice(0)) sleeper.kill('SIGKILL');
  });
  afterAll(() => world.dispose());

  async function watching(): Promise<{ lines: () => Line[]; cli: RunningCli }> {
    const cli = world.start(['list', '--json', '--watch']);
    running = cli;
    const lines = (): Line[] =>
      cli
        .stdout()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    await until(() => lines().length > 0 || cli.child.exitCode !== null, 30_000);
    return { lines, cli };
  }
  /** As a hook of Claude Code does, for a process that lives. @returns when the hook was done */
  async function tells(session: string, event: string, pid: number, more: object = {}): Promise<number> {
    const env = { CLAUDE_PID: String(pid) };
    const hook = world.startPiped(['hook', 'claude-code', '--state'], { cwd: folder, env });
    hook.child.stdin?.end(JSON.stringify({ session_id: session, hook_event_name: event, cwd: folder, ...more }));
    expect((await hook.done).code).toBe(0);
    return performance.now();
  }
  function begin(): ChildProcess {
    const sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    sleepers.push(sleeper);
    return sleeper;
  }
  const statesOf = (lines: Line[], session: string): (string | undefined)[] =>
    lines.filter((line) => line.type === 'agent' && line.session === session).map(({ state }) => state);

  it('tells all, then worktrees that come and go, in lines as its schema says', async () => {
    const { lines } = await watching();
    expect(lines()[0]).toMatchObject({ type: 'snapshot', version: 1 });
    const other = join(world.folder, 'other');
    await world.git('worktree', 'add', '--quiet', '-b', 'other', other);
    await until(() => lines().some(({ worktree }) => worktree?.path === other), 10_000);
    await world.git('worktree', 'remove', other);
    await until(() => lines().some(({ type, path }) => type === 'removed' && path === other), 10_000);
    for (const line of lines()) expect(watchLineProblems(line), JSON.stringify(line)).toEqual([]);
  });

  it("tells an agent's state within two seconds of its hook, and within ten that it was killed", async () => {
    const { lines } = await watching();
    const agent = begin();
    const waits: number[] = [];
    for (const [event, state] of [
      ['UserPromptSubmit', 'working'],
      ['PermissionRequest', 'waiting'],
      ['Stop', 'done'],
    ] as const) {
      const told = await tells('one', event, agent.pid ?? 0, { tool_name: 'Bash', tool_input: {} });
      await until(() => statesOf(lines(), 'one').at(-1) === state, 10_000);
      waits.push(performance.now() - told);
    }
    // The first is told of when the folder of its journal is seen.
    expect(Math.max(...waits)).toBeLessThan(2_000);
    const killed = performance.now();
    agent.kill('SIGKILL');
    await until(() => statesOf(lines(), 'one').at(-1) === 'gone', 20_000);
    expect(performance.now() - killed).toBeLessThan(10_000);
  });

  it('loses no state of twenty agents that change theirs at once', async () => {
    const { lines } = await watching();
    const agents = Array.from({ length: 20 }, (_, index) => ({ session: `many-${index}`, agent: begin() }));
    for (const [event, state] of [
      ['UserPromptSubmit', 'working'],
      ['Stop', 'done'],
    ] as const) {
      await Promise.all(agents.map(({ session, agent }) => tells(session, event, agent.pid ?? 0)));
      await until(() => agents.every(({ session }) => statesOf(lines(), session).at(-1) === state), 10_000);
    }
    // No state is told twice, nor one that it never had.
    for (const { session } of agents) expect(statesOf(lines(), session)).toEqual(['working', 'done']);
  });

  it('says that the repository cannot be read, and that it can be again', async () => {
    const { lines } = await watching();
    const whys = (): unknown[] => lines().flatMap((line) => (line.type === 'trouble' ? [line.why] : []));
    const config = join(world.repository, '.git', 'config');
    const text = await readFile(config, 'utf8');
    await writeFile(config, '[');
    await until(() => whys().length > 0, 20_000);
    await writeFile(config, text);
    await until(() => whys().includes(null), 20_000);
    expect(whys()[0]).toEqual(expect.stringMatching(/./));
    for (const line of lines()) expect(watchLineProblems(line), JSON.stringify(line)).toEqual([]);
    // A reader that checks lines passes over those of a later version.
    expect(watchLineProblems({ type: 'of-a-later-version', at: '2026-11-29T00:00:00.000Z' })).toEqual([]);
    expect(watchLineProblems({ type: 'trouble', at: '2026-11-29T00:00:00.000Z' })).not.toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with a %s', async (signal) => {
    const { cli } = await watching();
    cli.child.kill(signal);
    expect(await cli.done).toMatchObject({ code: 130, stderr: '' });
  });

  it('ends with its reader', async () => {
    const { cli } = await watching();
    cli.child.stdout?.destroy();
    await world.git('branch', 'more');
    await world.git('worktree', 'add', '--quiet', join(world.folder, 'more'), 'more');
    expect(await cli.done).toMatchObject({ code: 0, stderr: '' });
  });

  it('needs --json, one repository, and one that is there', async () => {
    for (const args of [
      ['list', '--watch'],
      ['list', '--watch', '--json', '--all'],
    ])
      expect((await world.cli(args)).code).toBe(2);
    expect(await world.cli(['list', '--json', '--watch'], { cwd: world.folder })).toMatchObject({ code: 2 });
  });
});
