import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifies } from '../../support/verified';
import { cliProgram, CliWorld } from '../cli/cliWorld';

/** The program `mcp-inspector` of the package @modelcontextprotocol/inspector: it is large, and not installed for this. */
const inspector = process.env['COPPICE_TEST_INSPECTOR'] ?? '';

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(inspector === '')("the inspector of MCP, and an agent's tools", { timeout: 120_000 }, () => {
  let world: CliWorld;
  let version = '';

  beforeAll(async () => {
    world = await CliWorld.create();
    const serve = "require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.PORT, '127.0.0.1');";
    const services = { web: { command: ['node', '-e', serve], port: 3000, routes: ['/'] } };
    await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify({ version: 1, services }));
    await world.git('commit', '-qam', 'one service');
    await world.json(['create', 'one']);
    version = (await inspect([], ['--version'])).stdout.trim();
  }, 120_000);
  afterAll(() => world?.dispose());
  verifies('MCP Inspector', () => version, {
    obtained: 'npm: @modelcontextprotocol/inspector',
    asked: 'the agents’ tools: listed, called, called wrongly',
  });

  /** It gives a server a few variables of its own only. */
  function inspect(asked: readonly string[], mode = ['--cli']): Promise<Answer> {
    const variables = Object.entries(world.env).filter(([name]) => name.startsWith('COPPICE_'));
    const server = [
      process.execPath,
      cliProgram,
      'mcp',
      ...variables.flatMap(([name, value]) => ['-e', `${name}=${value ?? ''}`]),
    ];
    const argv = mode[0] === '--cli' ? [...mode, ...server, ...asked] : mode;
    const env = { ...world.env, PATH: [dirname(process.execPath), world.env['PATH']].join(':') };
    return new Promise((resolve) => {
      execFile(inspector, argv, { cwd: world.worktree('one'), env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
    });
  }

  it('lists them', async () => {
    const { code, stdout } = await inspect(['--method', 'tools/list']);
    expect(code).toBe(0);
    const { tools } = JSON.parse(stdout) as { tools: { name: string; inputSchema: object }[] };
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['where', 'why', 'logs', 'restart']) as unknown,
    );
    for (const { inputSchema } of tools) expect(inputSchema).toMatchObject({ type: 'object' });
  });

  it('calls one, and one with arguments', async () => {
    const where = await inspect(['--method', 'tools/call', '--tool-name', 'where']);
    expect(where.code).toBe(0);
    const { content, isError } = JSON.parse(where.stdout) as { content: { text: string }[]; isError: boolean };
    expect(isError).toBe(false);
    const [{ text } = { text: '' }] = content;
    expect(text).toMatch(/^one: healthy, 1\/1/);
    expect(await readFile(/^All of it: (.+)$/m.exec(text)?.[1] ?? '', 'utf8')).toContain('"branch"');
    const logs = await inspect(['--method', 'tools/call', '--tool-name', 'logs', '--tool-arg', 'service=web']);
    expect(JSON.parse(logs.stdout)).toMatchObject({ isError: false });
  });

  it('is told what a wrong argument should have been', async () => {
    const { stdout } = await inspect(['--method', 'tools/call', '--tool-name', 'where', '--tool-arg', 'branch=two']);
    expect(JSON.parse(stdout)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('There is no argument "branch"') as unknown }],
    });
  });
});
