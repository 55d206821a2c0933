import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mcpAgent } from '../../support/mcpClient';
import { until } from '../../support/until';
import { CliWorld, cliProgram, type RunningCli } from './cliWorld';

const newest = '2026-07-28';
const older = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const serve = "require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.PORT, '127.0.0.1');";

interface Answer {
  readonly id: number;
  readonly result?: {
    readonly protocolVersion?: string;
    readonly tools?: readonly { readonly name: string }[];
    readonly isError?: boolean;
    readonly content?: readonly { readonly text: string }[];
  };
  readonly error?: { readonly code: number; readonly message: string };
}

/** Speaks line by line, as somebody else's client may. */
class RawAgent {
  readonly #running: RunningCli;
  #asked = 0;

  constructor(world: CliWorld) {
    this.#running = world.startPiped(['mcp'], { cwd: world.worktree('one') });
  }

  write(text: string): void {
    this.#running.child.stdin?.write(`${text}\n`);
  }

  async ask(method: string, params?: unknown): Promise<Answer> {
    const id = ++this.#asked;
    this.write(JSON.stringify({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) }));
    return this.answer(id);
  }

  answer(id: number): Promise<Answer> {
    return until(() => {
      const lines = this.#running.stdout().split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line) as Answer).find((each) => each.id === id);
    }, 30_000);
  }

  async open(protocolVersion: string): Promise<Answer> {
    const clientInfo = { name: 'raw', version: '1' };
    const answer = await this.ask('initialize', { protocolVersion, capabilities: {}, clientInfo });
    this.write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
    return answer;
  }

  async call(name: string, given: unknown): Promise<Answer> {
    return this.ask('tools/call', { name, arguments: given });
  }

  async end(): Promise<number | null> {
    this.#running.child.stdin?.end();
    return (await this.#running.done).code;
  }
}

describe('the tools of an agent, whatever it speaks', { timeout: 120_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    const services = { web: { command: ['node', '-e', serve], port: 3000, routes: ['/'] } };
    const file = { version: 1, services, database: { template: 'mcp' } };
    await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify(file));
    await world.git('commit', '-qam', 'one service');
    await world.json(['create', 'one']);
  }, 120_000);
  afterAll(() => world?.dispose());

  it('are listed, called, cancelled and told of in the newest revision', async () => {
    const program = [process.execPath, cliProgram, 'mcp'];
    const agent = await mcpAgent(program, world.worktree('one'), world.env, newest);
    expect(agent.client.getNegotiatedProtocolVersion()).toBe(newest);
    const { tools } = await agent.client.listTools();
    expect(tools.map(({ name }) => name)).toContain('why');
    expect((await agent.call('where')).text).toMatch(/^one: healthy, 1\/1/);
    expect(await agent.call('logs', { lines: 1 })).toEqual({
      isError: true,
      text: expect.stringMatching(/^invalidInput: There is no argument "lines"\. logs takes "service"/) as unknown,
    });
    const controller = new AbortController();
    const sleeping = agent.call('query', { sql: 'SELECT pg_sleep(4)' }, controller.signal);
    setTimeout(() => controller.abort(), 300);
    await expect(sleeping).rejects.toThrow();
    expect((await agent.call('restart', { service: 'web' })).text).toBe('web is ready.');
    await agent.call('logs');
    expect(agent.progress).toContain('Read the log of web');
    await agent.close();
  });

  it.each([...older, '1999-01-01'])('are listed and called by a client of %s', async (version) => {
    const agent = new RawAgent(world);
    const { result } = await agent.open(version);
    // Of one that there never was it is told what is spoken.
    expect(result?.protocolVersion).toBe(older.includes(version) ? version : older.at(-1));
    // There is one page; who asks for another one gets it again.
    for (const params of [undefined, {}, { cursor: 'somewhere' }]) {
      const listed = await agent.ask('tools/list', params);
      expect(listed.result?.tools?.length, JSON.stringify(listed)).toBe(8);
    }
    expect((await agent.call('where', {})).result).toMatchObject({ isError: false });
    expect((await agent.ask('resources/list')).error).toMatchObject({ code: -32601 });
    expect(await agent.end()).toBe(0);
  });

  it('take no harm from what they are called with, and say what they take', async () => {
    const agent = new RawAgent(world);
    await agent.open('2025-11-25');
    // Some agents call so what takes nothing.
    for (const given of [null, undefined, {}])
      expect((await agent.call('where', given)).result, JSON.stringify(given)).toMatchObject({ isError: false });
    const told = async (name: string, given: unknown): Promise<string> => {
      const { result, error } = await agent.call(name, given);
      expect(error === undefined ? result?.isError : error.code).toBe(error === undefined ? true : -32602);
      return error?.message ?? result?.content?.[0]?.text ?? '';
    };
    expect(await told('logs', { last: 1e308 })).toMatch(/"last" must be a whole number from 1 to 100/);
    expect(await told('logs', { last: '5' })).toMatch(/"last" must be a whole number from 1 to 100/);
    expect(await told('logs', JSON.parse('{"constructor": {"x": 1}}'))).toMatch(/no argument "constructor"/);
    for (const service of [
      '../two',
      'web; rm -rf /',
      '--help',
      'web\u0000',
      'w\u001b[2J\nb',
      '$(id)',
      'a'.repeat(100_000),
    ])
      for (const tool of ['logs', 'restart']) {
        const text = await told(tool, { service });
        expect(text, tool).toMatch(/web/);
        expect(text.length, tool).toBeLessThan(1000);
        // Nothing that a terminal obeys.
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
      }
    for (const given of ['x', 7, ['x'], [[[]]]]) expect(await told('where', given)).toMatch(/arguments/);
    for (const name of ['__proto__', 'toString', '', 'where '])
      expect(await told(name, {})).toMatch(/^There is no such tool\. There are: where, /);
    let deep: unknown = 'x';
    for (let depth = 0; depth < 500; depth++) deep = [deep];
    expect(await told('query', { sql: deep })).toMatch(/"sql" must be a string/);
    // What was never asked is not cancelled, and what is no message is passed over.
    agent.write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 999 } }));
    agent.write('{"jsonrpc": "2.0", "id": 1000, "method": ');
    expect((await agent.ask('ping')).result).toEqual({});
    expect((await agent.call('where', {})).result).toMatchObject({ isError: false });
    expect(await agent.end()).toBe(0);
  });
});
