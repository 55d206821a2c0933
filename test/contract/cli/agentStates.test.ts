import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, claudeSteps } from '../../support/claudeEvents';
import { identityOf } from '../../support/identityOf';
import { until } from '../../support/until';
import type { AgentJson, ListJson } from './cliJson';
import { CliWorld } from './cliWorld';

interface Handler {
  readonly command: string;
  readonly async?: boolean;
}
interface Settings {
  readonly hooks?: Readonly<
    Record<string, readonly { readonly matcher?: string; readonly hooks: readonly Handler[] }[]>
  >;
}

/** Behaves as the type definitions of Claude Code's hooks say, by the settings that it finds in the repository. */
class StandInAgent {
  readonly #process: ChildProcess;

  constructor(
    private readonly world: CliWorld,
    private readonly folder: string,
    readonly session: string,
    private readonly settings: Settings,
  ) {
    this.#process = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Runs what the settings have for the event, as a shell does. @returns what the hooks answered */
  async tells(
    event: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<{ code: number | null; text: string }[]> {
    const told = { session_id: this.session, transcript_path: '/t', cwd: this.folder, hook_event_name: event, ...more };
    const tool = typeof more['tool_name'] === 'string' ? more['tool_name'] : '';
    const groups = this.settings.hooks?.[event] ?? [];
    const handlers = groups
      .filter(({ matcher }) => matcher === undefined || new RegExp(`^(?:${matcher})$`).test(tool))
      .flatMap(({ hooks }) => hooks);
    return Promise.all(handlers.map(({ command }) => this.#run(command, JSON.stringify(told))));
  }

  async #run(command: string, text: string): Promise<{ code: number | null; text: string }> {
    const env = { ...this.world.env, CLAUDE_PID: String(this.pid), CLAUDE_PROJECT_DIR: this.folder };
    const child = spawn('sh', ['-c', command], { cwd: this.folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (each: string) => (said += each));
    child.stdin.end(text);
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, text: said })));
  }
}

describe('what an agent tells by its hooks', { timeout: 120_000 }, () => {
  let world: CliWorld;
  let settings: Settings;
  let folder: string;
  const agents: StandInAgent[] = [];
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.installClaude('2.1.332');
    await world.json(['connect', 'claude-code']);
    const text = await readFile(join(world.repository, '.claude', 'settings.local.json'), 'utf8');
    settings = JSON.parse(text) as Settings;
    folder = join(world.folder, 'linked');
    await world.git('worktree', 'add', '--quiet', '-b', 'linked', folder);
  }, 120_000);
  afterAll(async () => {
    for (const agent of agents) agent.kill();
    await world.dispose();
  });

  const begin = (session: string): StandInAgent => {
    const agent = new StandInAgent(world, folder, session, settings);
    agents.push(agent);
    return agent;
  };
  const agentsThere = async (): Promise<AgentJson[]> => {
    const { worktrees } = await world.json<ListJson>(['list']);
    return worktrees.find(({ path }) => path === folder)?.agents ?? [];
  };
  const stateOf = async (agent: StandInAgent): Promise<string> => {
    const found = (await agentsThere()).find(({ session }) => session === agent.session);
    return [found?.state, found?.wait].filter(Boolean).join(' ');
  };

  it('is its state in each list, whatever it does, and its hooks answer nothing', async () => {
    const agent = begin('one');
    for (const { event, told, state } of claudeSteps) {
      const answers = await agent.tells(event, told);
      expect(answers, event).toEqual([{ code: 0, text: '' }]);
      expect(await stateOf(agent), event).toBe(state);
    }
  });

  it('is told with the last that it said, in lists for people as well', async () => {
    const agent = begin('two');
    await agent.tells('Stop', { stop_hook_active: false, last_assistant_message: 'All is well.\nReally.' });
    const [told] = await agentsThere();
    expect(told).toMatchObject({ program: 'claude-code', state: 'done', said: 'All is well.', pid: agent.pid });
    await agent.tells('PermissionRequest', ask);
    expect((await world.cli(['list'])).stdout).toContain('Waits for a permission');
    expect((await world.cli(['status', 'linked'])).stdout).toContain('waits for a permission: Bash: npm test');
    agent.kill();
    await until(async () => (await stateOf(agent)) === 'gone', 10_000);
    await agent.tells('SessionEnd', { reason: 'other' });
  });

  it('that begins in a worktree with an environment is told what it has there, and nothing where the record is broken', async () => {
    const agent = begin('three');
    const record = join(await world.gitIn(folder, 'rev-parse', '--absolute-git-dir'), 'coppice.json');
    const identity = identityOf('linked');
    await writeFile(record, JSON.stringify(identity));
    for (const source of ['startup', 'compact']) {
      const [answer] = await agent.tells('SessionStart', { source });
      const { hookSpecificOutput } = JSON.parse(answer?.text ?? '') as { hookSpecificOutput: Record<string, string> };
      expect(hookSpecificOutput['hookEventName']).toBe('SessionStart');
      expect(hookSpecificOutput['additionalContext']).toContain(identity.names.namespace);
    }
    expect(await agent.tells('UserPromptSubmit', { prompt: 'p' })).toEqual([{ code: 0, text: '' }]);
    for (const text of ['{', JSON.stringify({ ...identity, state: 'creating' })]) {
      await writeFile(record, text);
      expect(await agent.tells('SessionStart', { source: 'startup' })).toEqual([{ code: 0, text: '' }]);
    }
    await rm(record);
    await agent.tells('SessionEnd', { reason: 'other' });
  });

  it('of twenty that tell at once, nothing is lost', async () => {
    const many = Array.from({ length: 20 }, (_, index) => begin(`many-${index}`));
    await Promise.all(many.map((agent) => agent.tells('UserPromptSubmit', { prompt: 'p' })));
    await Promise.all(
      many.map((agent, index) =>
        index % 2 ? agent.tells('Stop', { stop_hook_active: false }) : agent.tells('PermissionRequest', ask),
      ),
    );
    const states = new Map((await agentsThere()).map(({ session, state }) => [session, state]));
    for (const [index, agent] of many.entries()) {
      expect(states.get(agent.session), agent.session).toBe(index % 2 ? 'done' : 'waiting');
      agent.kill();
    }
  });

  it('asks nobody where nobody sits in front of it', async () => {
    const agent = begin('print');
    await agent.tells('UserPromptSubmit', { prompt: 'p' });
    const told = { session_id: agent.session, transcript_path: '/t', cwd: folder };
    const env = { CLAUDE_PID: String(agent.pid), CLAUDE_PROJECT_DIR: folder, CLAUDE_CODE_SESSION_ATTENDED: '0' };
    const hook = world.startPiped(['hook', 'claude-code', '--state'], { cwd: folder, env });
    hook.child.stdin?.end(JSON.stringify({ ...told, hook_event_name: 'PermissionRequest', ...ask }));
    expect(await hook.done).toEqual({ code: 0, stdout: '', stderr: '' });
    const gitDir = await world.gitIn(folder, 'rev-parse', '--absolute-git-dir');
    const lines = (await readFile(join(gitDir, 'coppice-agents', 'print.jsonl'), 'utf8')).trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'asks', isUnattended: true });
    agent.kill();
  });

  it('where no repository is, and whatever it is told, is nothing, and no failure', async () => {
    const hook = (text: string, cwd: string): Promise<{ code: number | null; stdout: string; stderr: string }> => {
      const running = world.startPiped(['hook', 'claude-code', '--state'], { cwd, env: { CLAUDE_PID: 'x' } });
      running.child.stdin?.end(text);
      return running.done;
    };
    for (const text of ['', '{', 'null', JSON.stringify({ session_id: 's', hook_event_name: 'Stop' })])
      expect(await hook(text, '/')).toEqual({ code: 0, stdout: '', stderr: '' });
    await writeFile(join(world.folder, '.git'), 'gitdir: /nowhere\n');
    const gone = await hook(JSON.stringify({ session_id: 's', hook_event_name: 'Stop' }), world.folder);
    expect(gone).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
