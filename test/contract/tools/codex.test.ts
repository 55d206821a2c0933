import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInModels } from '../../support/standInModels';
import { until } from '../../support/until';
import { verifies } from '../../support/verified';
import type { AgentJson, ListJson } from '../cli/cliJson';
import { CliWorld } from '../cli/cliWorld';

/** The program in the package @openai/codex-linux-x64 0.171.0: it is large, and not installed for this. */
const codex = process.env['COPPICE_TEST_CODEX'] ?? '';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly params?: unknown;
}
interface Hook {
  readonly key: string;
  readonly currentHash: string;
  readonly eventName: string;
  readonly trustStatus: string;
}
interface Hooks {
  readonly hooks: readonly Hook[];
  readonly warnings: readonly string[];
}

/** Codex as its own windows and editors run it: by JSON in lines. */
class CodexServer {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #asked = 0;
  /** Of what it wants to be allowed: answered once a test has looked. */
  request: number | undefined;
  turns = 0;

  constructor(cwd: string, env: Readonly<Record<string, string | undefined>>) {
    this.child = spawn(codex, ['app-server'], { cwd, env, stdio: 'pipe' });
    this.child.stderr.resume();
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if (message.method === 'turn/completed') this.turns++;
      if (message.method === undefined) this.#answers.get(message.id ?? 0)?.(message.result);
      else if (message.id !== undefined) this.request = message.id;
    });
  }

  async begin(): Promise<this> {
    await this.ask('initialize', { clientInfo: { name: 'test', version: '1' } });
    this.tell({ method: 'initialized' });
    return this;
  }

  tell(message: object): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  ask<T>(method: string, params: object): Promise<T> {
    const id = ++this.#asked;
    this.tell({ id, method, params });
    return new Promise<T>((resolve) => this.#answers.set(id, (result) => resolve(result as T)));
  }

  async hooksAt(folder: string): Promise<Hooks> {
    const { data } = await this.ask<{ data: readonly Hooks[] }>('hooks/list', { cwds: [folder] });
    return data[0] ?? { hooks: [], warnings: [] };
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await ended;
  }
}

const folderOfWorld = (world: CliWorld): string => join(world.folder, 'linked');
const mine = '{\n  "hooks": {"PreCompact": [{"hooks": [{"type": "command", "command": "true"}]}]}\n}\n';
const call = { cmd: 'touch ../made', sandbox_permissions: 'require_escalated', justification: 'I need it' };

describe.skipIf(codex === '')('Codex, connected', { timeout: 120_000 }, () => {
  let world: CliWorld;
  let model: StandInModels;
  let home: string;
  const servers: CodexServer[] = [];

  beforeAll(async () => {
    const asked = { marker: 'make mark seven', tool: 'exec_command', input: call };
    [world, model] = await Promise.all([CliWorld.create(), StandInModels.start(asked)]);
    home = join(world.folder, 'codex');
    world.env['CODEX_HOME'] = home;
    await mkdir(home);
    const provider = `name = "stand-in"\nbase_url = "${model.address}/v1"\nwire_api = "responses"\n`;
    await writeFile(
      join(home, 'config.toml'),
      `model = "stand-in"\nmodel_provider = "stand-in"\n[model_providers.stand-in]\n${provider}`,
    );
    await world.git('worktree', 'add', '--quiet', '-b', 'linked', folderOfWorld(world));
  }, 120_000);
  afterAll(async () => {
    for (const { child } of servers) child.kill('SIGKILL');
    await model.stop();
    await world.dispose();
  });
  verifies('Codex', () => execFileSync(codex, ['--version'], { encoding: 'utf8' }).trim().split(' ').at(-1) ?? '', {
    obtained: 'npm: @openai/codex-linux-x64',
    asked: 'hooks in its file, and what its sessions tell by them',
  });

  async function start(): Promise<CodexServer> {
    const server = new CodexServer(folderOfWorld(world), world.env);
    servers.push(server);
    return server.begin();
  }
  async function agent(): Promise<AgentJson | undefined> {
    const { worktrees } = await world.json<ListJson>(['list']);
    return worktrees.find(({ path }) => path === folderOfWorld(world))?.agents?.[0];
  }
  const state = async (): Promise<string> => {
    const found = await agent();
    return [found?.state, found?.wait].filter(Boolean).join(' ');
  };
  async function prompt(server: CodexServer, text: string): Promise<void> {
    const settings = { cwd: folderOfWorld(world), approvalPolicy: 'on-request', sandbox: 'read-only' };
    const { thread } = await server.ask<{ thread: { id: string } }>('thread/start', settings);
    await server.ask('turn/start', { threadId: thread.id, input: [{ type: 'text', text }] });
  }

  it('takes all that is written into its file, and waits until a person trusts it', async () => {
    await writeFile(join(home, 'hooks.json'), mine);
    const { note } = await world.json<{ note: string }>(['connect', 'codex', '--user']);
    expect(note).toContain('/hooks');
    const server = await start();
    const { hooks, warnings } = await server.hooksAt(folderOfWorld(world));
    expect(warnings).toEqual([]);
    expect(hooks.map(({ eventName }) => eventName).sort()).toEqual(
      'interrupt permissionRequest postToolUse preCompact preToolUse sessionEnd sessionStart stop subagentStop userPromptSubmit'.split(
        ' ',
      ),
    );
    expect(new Set(hooks.map(({ trustStatus }) => trustStatus))).toEqual(new Set(['untrusted']));
    const trusted = hooks.map(
      ({ key, currentHash }) => `[hooks.state.${JSON.stringify(key)}]\ntrusted_hash = ${JSON.stringify(currentHash)}\n`,
    );
    await appendFile(join(home, 'config.toml'), `\n${trusted.join('')}`);
    await server.end('SIGTERM');
  });

  it('tells that it works, waits for a permission, is done and over', async () => {
    const server = await start();
    await prompt(server, 'make mark seven');
    await until(async () => server.request !== undefined && (await state()) === 'waiting permission', 20_000);
    expect(await agent()).toMatchObject({ program: 'codex', said: 'Bash: touch ../made', pid: server.child.pid });
    server.tell({ id: server.request, result: { decision: 'accept' } });
    await until(async () => server.turns === 1 && (await state()) === 'done', 20_000);
    expect(await agent()).toMatchObject({ said: 'done' });
    expect((await world.cli(['status', 'linked'])).stdout).toMatch(/Codex is done: done/);
    await server.end('SIGTERM');
    await until(async () => (await state()) === '', 20_000);
  });

  it('is idle where the person forbids what it asks for, and gone where it is killed', async () => {
    const server = await start();
    await prompt(server, 'make mark seven once more');
    await until(async () => server.request !== undefined && (await state()) === 'waiting permission', 20_000);
    server.tell({ id: server.request, result: { decision: 'cancel' } });
    await until(async () => (await state()) === 'idle', 20_000);
    await server.end('SIGKILL');
    await until(async () => (await state()) === 'gone', 20_000);
  });

  it('has its file back as it was', async () => {
    await world.json(['connect', 'codex', '--user', '--remove']);
    expect(await readFile(join(home, 'hooks.json'), 'utf8')).toBe(mine);
  });
});
