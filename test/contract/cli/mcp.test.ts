import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mcpAgent, type McpAgent } from '../../support/mcpClient';
import { tokensOf } from '../../support/tokensOf';
import { isAlive, until } from '../../support/until';
import { CliWorld, cliProgram } from './cliWorld';

const program = [process.execPath, cliProgram, 'mcp'];
const serve = "require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.PORT, '127.0.0.1');";
const setup = `const fs = require('node:fs');
  fs.appendFileSync('ran', 'x');
  if (fs.existsSync('hang')) {
    process.on('SIGTERM', () => undefined);
    fs.writeFileSync('hang', String(process.pid));
    setInterval(() => undefined, 1000);
  }`;
const opening = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };

describe('the tools of an agent', { timeout: 120_000 }, () => {
  let world: CliWorld;
  let agent: McpAgent;
  const write = (folder: string, web: string, more: object = {}): Promise<void> => {
    const services = { web: { command: ['node', '-e', web], port: 3000, routes: ['/'] } };
    return writeFile(join(folder, 'coppice.yaml'), JSON.stringify({ version: 1, services, ...more }));
  };
  const wholeOf = async (text: string): Promise<string> => {
    const file = /^All of it: (.+)$/m.exec(text)?.[1] ?? '';
    expect(file.startsWith(world.home)).toBe(true);
    return readFile(file, 'utf8');
  };

  beforeAll(async () => {
    world = await CliWorld.create();
    await write(world.repository, serve, { database: { template: 'mcp' } });
    await world.git('commit', '-qam', 'one service');
    await world.json(['create', 'one']);
    await world.json(['create', 'two']);
    agent = await mcpAgent(program, join(world.worktree('one'), '.'), world.env);
  });
  afterAll(async () => {
    await agent?.close();
    await world?.dispose();
  });

  it('are listed, and their definitions are short', async () => {
    const { tools } = await agent.client.listTools();
    expect(tools.length).toBeLessThanOrEqual(8);
    expect(tokensOf(JSON.stringify(tools))).toBeLessThanOrEqual(1500);
    for (const { inputSchema } of tools) expect(inputSchema).toMatchObject({ additionalProperties: false });
  });

  it('say where the agent is, and keep the whole of it', async () => {
    const { text, isError } = await agent.call('where');
    expect({ isError, text }).toEqual({
      isError: false,
      text: expect.stringMatching(/^one: healthy, 1\/1/) as unknown,
    });
    expect(text).toContain(`web: Running http://one.localhost:${world.gatewayPort}`);
    expect(JSON.parse(await wholeOf(text))).toMatchObject({ branch: 'one' });
  });

  it('read the database as its own role, and write nothing', async () => {
    expect((await agent.call('query', { sql: 'SELECT current_database()' })).text).toMatch(
      /^1 row:\ncurrent_database\nwt_one\n/,
    );
    expect(await agent.call('query', { sql: 'CREATE TABLE x (n int)' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/cannot execute CREATE TABLE in a read-only transaction/) as unknown,
    });
    const other = await agent.call('query', { sql: 'SELECT 1; SELECT 2' });
    expect(other).toMatchObject({ isError: true });
    expect((await agent.call('query')).text).toMatch(/^The database has no tables\./);
  });

  it('refuse what is no argument of theirs, and say what is', async () => {
    expect(await agent.call('where', { branch: 'two' })).toEqual({
      isError: true,
      text: 'invalidInput: There is no argument "branch". where takes no arguments. It is always about this worktree.',
    });
    expect(await agent.call('restart', { service: '../two' })).toMatchObject({ isError: true });
    expect(await agent.call('delete')).toEqual({
      isError: true,
      text: expect.stringMatching(/^There is no such tool\. There are: where, why, /) as unknown,
    });
  });

  it('tell why, and the errors among a hundred thousand lines, in few tokens', async () => {
    const noise =
      "for (let n = 0; n < 100_000; n++) console.log(n % 10 ? 'GET /' + n : 'Error: order ' + n + ' is lost');";
    await write(world.worktree('one'), `${noise} setTimeout(() => { throw new Error('no broker'); }, 200)`, {
      database: { template: 'mcp' },
    });
    const env = { COPPICE_CREATE_READY_TIMEOUT: '3' };
    expect((await world.cli(['create'], { cwd: world.worktree('one'), env })).code).toBe(10);
    const why = await agent.call('why');
    expect(why.text).toMatch(/^one: web ends with an error as it starts: Error: no broker\./);
    const logs = await agent.call('logs', { service: 'web' });
    expect(logs.text).toMatch(/^\d+x web (?:at|from) .*: Error: order \d+ is lost$/m);
    for (const { text } of [why, logs, await agent.call('logs', { service: 'web', last: 100 })])
      expect(tokensOf(text)).toBeLessThanOrEqual(1000);
    expect((await wholeOf(logs.text)).split('\n').length).toBeGreaterThan(1000);
    await write(world.worktree('one'), serve, { database: { template: 'mcp' } });
    await world.json(['create'], { cwd: world.worktree('one') });
  });

  it('restart a service with news of how far it is, and can be cancelled', async () => {
    agent.progress.length = 0;
    expect((await agent.call('restart', { service: 'web' })).text).toBe('web is ready.');
    const controller = new AbortController();
    const sleeping = agent.call('query', { sql: 'SELECT pg_sleep(4)' }, controller.signal);
    setTimeout(() => controller.abort(), 300);
    await expect(sleeping).rejects.toThrow();
    expect((await agent.call('query', { sql: 'SELECT 1' })).isError).toBe(false);
    await agent.call('logs');
    expect(agent.progress).toContain('Read the log of web');
  });

  it('run what a person has approved, and nothing else', async () => {
    await write(world.worktree('one'), serve, { database: { template: 'mcp' }, setup: [['node', '-e', setup]] });
    const refused = await agent.call('setup');
    expect(refused).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^unapproved: .*\n(?:.*\n)*What to do: A person/) as unknown,
    });
    await expect(readFile(join(world.worktree('one'), 'ran'))).rejects.toThrow();
    expect((await world.cli(['setup', '--yes'], { cwd: world.worktree('one') })).code).toBe(0);
    expect((await agent.call('setup', { force: true })).text).toMatch(/^1 have run, and well\./);
    expect(await readFile(join(world.worktree('one'), 'ran'), 'utf8')).toBe('xx');
  });

  it('go on when the cluster is away, say so, and work again once it is back', async () => {
    expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
    expect((await agent.call('why')).text).toMatch(/^one: .*cluster.*\n(?:.*\n)*What to do: coppice cluster start$/m);
    expect(await agent.call('logs')).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^unreachable: .*coppice cluster start/) as unknown,
    });
    expect((await agent.call('query', { sql: 'SELECT 1' })).isError).toBe(true);
    expect((await world.cli(['cluster', 'start'])).code).toBe(0);
    await until(async () => (await agent.call('where')).text.startsWith('one: healthy'), 60_000);
    expect((await agent.call('query', { sql: 'SELECT 1' })).isError).toBe(false);
  });

  it('are about no other worktree once theirs is gone, and end with their input', async () => {
    const other = await mcpAgent(program, world.worktree('two'), world.env);
    expect((await other.call('where')).text).toMatch(/^two: /);
    expect((await world.cli(['delete', 'two', '--discard', 'database', '--discard', 'untracked'])).code).toBe(0);
    await rm(world.worktree('two'), { recursive: true, force: true });
    expect(await other.call('where')).toMatchObject({ isError: true });
    const { pid } = other;
    await other.close();
    await until(() => pid === null || !isAlive(pid), 10_000);
  });

  it('end what they have started when their input ends in the middle of it', async () => {
    const hang = join(world.worktree('one'), 'hang');
    await writeFile(hang, '');
    const running = world.startPiped(['mcp'], { cwd: world.worktree('one') });
    const send = (message: object): unknown =>
      running.child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    send({ id: 1, method: 'initialize', params: opening });
    await until(() => running.stdout().includes('"id":1'), 20_000);
    send({ method: 'notifications/initialized' });
    send({ id: 2, method: 'tools/call', params: { name: 'setup', arguments: { force: true } } });
    const pid = Number(await until(async () => (await readFile(hang, 'utf8')) || undefined, 20_000));
    running.child.stdin?.end();
    expect((await running.done).code).toBe(0);
    // It does not end when it is told to.
    expect(isAlive(pid)).toBe(false);
  });

  it('take what is no message for none', async () => {
    const running = world.startPiped(['mcp']);
    running.child.stdin?.write('no JSON\n{"jsonrpc": "2.0"}\n[]\n');
    running.child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: opening })}\n`);
    await until(() => running.stdout().includes('"id":1'), 20_000);
    running.child.stdin?.end();
    expect((await running.done).code).toBe(0);
    for (const line of running.stdout().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });
});
