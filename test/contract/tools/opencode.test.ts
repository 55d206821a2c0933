import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInModels } from '../../support/standInModels';
import { until } from '../../support/until';
import { verifies } from '../../support/verified';
import type { AgentJson, ListJson } from '../cli/cliJson';
import { CliWorld } from '../cli/cliWorld';

/** bin/opencode of the package opencode-linux-x64 1.18.34: it is large, and not installed for this. */
const opencode = process.env['COPPICE_TEST_OPENCODE'] ?? '';

/** It answers on loopback, as it does to its own windows. */
describe.skipIf(opencode === '')('OpenCode, connected', { timeout: 600_000 }, () => {
  let world: CliWorld;
  let model: StandInModels;
  let folder: string;
  let config: string;
  const servers: ChildProcess[] = [];

  beforeAll(async () => {
    // Words that no description of a tool has: "make it unique" stands in one.
    const asked = { marker: 'make mark seven', tool: 'bash', input: { command: 'touch made', description: 'd' } };
    [world, model] = await Promise.all([CliWorld.create(), StandInModels.start(asked)]);
    for (const name of ['CONFIG', 'DATA', 'CACHE', 'STATE'])
      world.env[`XDG_${name}_HOME`] = join(world.folder, name.toLowerCase());
    Object.assign(world.env, { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' });
    config = join(world.folder, 'config', 'opencode');
    await mkdir(config, { recursive: true });
    const options = { baseURL: `${model.address}/v1`, apiKey: 'stand-in' };
    const models = { one: { name: 'one', tool_call: true } };
    const provider = { stand: { npm: '@ai-sdk/openai-compatible', name: 'stand-in', options, models } };
    const settings = { model: 'stand/one', small_model: 'stand/one', permission: { bash: 'ask' }, provider };
    await writeFile(join(config, 'opencode.json'), JSON.stringify(settings));
    folder = join(world.folder, 'linked');
    await world.git('worktree', 'add', '--quiet', '-b', 'linked', folder);
  }, 120_000);
  afterAll(async () => {
    for (const server of servers) server.kill('SIGKILL');
    await model.stop();
    await world.dispose();
  });
  verifies('OpenCode', () => execFileSync(opencode, ['--version'], { encoding: 'utf8', env: world.env }).trim(), {
    obtained: 'npm: opencode-linux-x64',
    asked: 'the plugin that Coppice writes, and what its sessions tell by it',
  });

  async function start(): Promise<{ server: ChildProcess; ask: <T>(path: string, body?: object) => Promise<T> }> {
    const server = spawn(opencode, ['serve', '--hostname', '127.0.0.1', '--port', '0'], {
      cwd: folder,
      env: world.env,
    });
    servers.push(server);
    let said = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    const address = await until(() => /listening on (http:\S+)/.exec(said)?.[1], 120_000);
    return {
      server,
      ask: async <T>(path: string, body?: object) => {
        const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        const text = await (await fetch(address + path, body ? post : {})).text();
        return (text === '' ? undefined : JSON.parse(text)) as T;
      },
    };
  }
  async function agent(): Promise<AgentJson | undefined> {
    const { worktrees } = await world.json<ListJson>(['list']);
    return worktrees.find(({ path }) => path === folder)?.agents?.[0];
  }
  const state = async (): Promise<string> => {
    const found = await agent();
    return [found?.state, found?.wait].filter(Boolean).join(' ');
  };
  const prompt = (text: string): object => ({ parts: [{ type: 'text', text }] });

  it('tells that it works, waits for a permission, is done, was stopped, and is gone', async () => {
    const { file } = await world.json<{ file: string }>(['connect', 'opencode']);
    expect(file).toBe(join(config, 'plugins', 'coppice.js'));
    const { server, ask } = await start();
    const { id } = await ask<{ id: string }>('/session', {});
    await ask(`/session/${id}/prompt_async`, prompt('make mark seven'));
    await until(async () => (await state()) === 'waiting permission', 120_000);
    expect(await agent()).toMatchObject({ program: 'opencode', said: 'bash: touch made', pid: server.pid });
    const requests = await ask<readonly { id: string }[]>('/permission');
    await ask(`/permission/${requests[0]?.id}/reply`, { reply: 'once' });
    await until(async () => (await state()) === 'done', 120_000);
    expect(await agent()).toMatchObject({ said: 'done' });
    expect(existsSync(join(folder, 'made'))).toBe(true);

    const second = await ask<{ id: string }>('/session', {});
    await ask(`/session/${second.id}/prompt_async`, prompt('make mark seven'));
    const ofSecond = async (): Promise<string | undefined> => {
      const { worktrees } = await world.json<ListJson>(['list']);
      return worktrees.flatMap(({ agents = [] }) => agents).find(({ session }) => session === second.id)?.state;
    };
    await until(async () => (await ofSecond()) === 'waiting', 120_000);
    await ask(`/session/${second.id}/abort`, {});
    await until(async () => (await ofSecond()) === 'idle', 120_000);
    server.kill('SIGKILL');
    await until(async () => (await ofSecond()) === 'gone', 20_000);
  });

  it('tells that it is over where it ends by itself, and its plugin goes as it came', async () => {
    const { server, ask } = await start();
    const { id } = await ask<{ id: string }>('/session', {});
    await ask(`/session/${id}/prompt_async`, prompt('say it'));
    const now = async (): Promise<string | undefined> => {
      const { worktrees } = await world.json<ListJson>(['list']);
      return worktrees.flatMap(({ agents = [] }) => agents).find(({ session }) => session === id)?.state;
    };
    await until(async () => (await now()) === 'done', 120_000);
    await ask('/instance/dispose', {});
    await until(async () => (await now()) === undefined, 120_000);
    server.kill('SIGKILL');
    await world.json(['connect', 'opencode', '--remove']);
    expect(existsSync(join(config, 'plugins', 'coppice.js'))).toBe(false);
  });
});
