import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandInModel } from '../../support/standInModel';
import { verifies } from '../../support/verified';
import type { ListJson } from '../cli/cliJson';
import { cliProgram, CliWorld } from '../cli/cliWorld';

/** The program of the package @anthropic-ai/claude-code-linux-x64: it is large, and not installed for this. */
const claude = process.env['COPPICE_TEST_CLAUDE'] ?? '';

interface Ended {
  readonly code: number;
  readonly output: string;
}

describe.skipIf(claude === '')('Claude Code, connected', { timeout: 300_000 }, () => {
  let world: CliWorld;
  let model: StandInModel;
  let version = '';

  beforeAll(async () => {
    [world, model] = await Promise.all([CliWorld.create(), StandInModel.start()]);
    const setup =
      "if (require('node:fs').existsSync('broken')) { console.error('no table users'); process.exit(3); }\n";
    const server = "require('node:http').createServer((_, answer) => answer.end('hello')).listen(process.env.PORT);\n";
    const file =
      'version: 1\nsetup: [node setup.cjs]\nservices: {web: {command: node web.cjs, port: 3000, routes: [/]}}\n';
    for (const [name, text] of Object.entries({ 'setup.cjs': setup, 'web.cjs': server, 'coppice.yaml': file }))
      await writeFile(join(world.repository, name), text);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '--message', 'one service');
    await world.json(['create', 'approved']);
    version = (await run(['--version'])).output.split(' ')[0] ?? '';
    await world.installClaude(version);
    await world.json(['connect', 'claude-code']);
  }, 300_000);
  afterAll(async () => {
    await model.stop();
    await world.dispose();
  });
  verifies('Claude Code', () => version, {
    obtained: 'npm: @anthropic-ai/claude-code-linux-x64',
    asked: 'sessions in environments of worktrees, hooks, and the agents’ tools',
  });

  /** Without an account, and with nothing of the session that runs these tests. */
  function run(argv: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
    const inherited = Object.entries(world.env).filter(([name]) => !/^(?:CLAUDE|ANTHROPIC|AI_AGENT)/.test(name));
    const env = {
      ...Object.fromEntries(inherited),
      ANTHROPIC_BASE_URL: model.address,
      ANTHROPIC_API_KEY: 'stand-in',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...more,
    };
    return new Promise((resolve) => {
      const child = execFile(claude, argv, { cwd: world.repository, env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
      child.stdin?.end();
    });
  }

  const session = (name: string, more?: Record<string, string>): Promise<Ended> =>
    run(['--worktree', name, '--print', 'hello'], more);
  const folderOf = (name: string): string => join(world.repository, '.claude', 'worktrees', name);

  async function stateOf(name: string): Promise<string | undefined> {
    const { worktrees } = await world.json<ListJson>(['list']);
    return worktrees.find(({ path }) => path === folderOf(name))?.view.state;
  }

  it('begins a session once the environment of its worktree is ready', async () => {
    expect(await session('fine/one')).toEqual({ code: 0, output: 'done\n' });
    expect(model.asked).toBeGreaterThan(0);
    expect(await stateOf('fine+one')).toBe('healthy');
  });

  it('has told what its session did, in the worktree of that', async () => {
    const gitDir = await world.gitIn(folderOf('fine+one'), 'rev-parse', '--absolute-git-dir');
    const folder = join(gitDir, 'coppice-agents');
    const kinds = async (): Promise<string[]> => {
      const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
      const events = texts.flatMap((text) => text.split('\n').filter(Boolean));
      return events.map((line) => (JSON.parse(line) as { kind: string }).kind);
    };
    // What ran beside it when it ended may have been ended with it: that its turn was over is told by its end as well.
    expect((await kinds()).filter((kind) => kind !== 'stop')).toEqual(['start', 'prompt', 'end']);
    expect(model.heard).toContain('has an environment of its own, made by Coppice');
  });

  it('begins none where setup fails, and shows why', async () => {
    const asked = model.asked;
    await writeFile(join(world.repository, 'broken'), '');
    await world.git('switch', '--quiet', '--create', 'broken');
    await world.git('add', 'broken');
    await world.git('commit', '--quiet', '--message', 'broken');
    const { code, output } = await session('fails', { COPPICE_WORKTREE_BASE: 'broken' });
    expect(code).toBe(1);
    expect(output).toMatch(
      /WorktreeCreate hook failed: .*does not come up, so the agent is not started: .*no table users/s,
    );
    expect(model.asked).toBe(asked);
    expect(existsSync(folderOf('fails'))).toBe(true);
    expect(await stateOf('fails')).toBe('none');
  });

  it('begins none that is not ready in time; the same session begins later', async () => {
    const settings = join(world.repository, '.claude', 'settings.local.json');
    const { after } = await world.json<{ after: string }>(['connect', 'claude-code', '--dry-run']);
    await writeFile(settings, after.replaceAll('hook claude-code"', 'hook claude-code --limit 1"'));
    const asked = model.asked;
    const { code, output } = await session('slow');
    expect(code).toBe(1);
    expect(output).toMatch(/still being made|not made in time/);
    expect(model.asked).toBe(asked);
    await writeFile(settings, after);
    expect(await session('slow')).toEqual({ code: 0, output: 'done\n' });
  });

  it('makes its worktrees as ever where the branch has no coppice.yaml', async () => {
    await world.git('switch', '--quiet', '--create', 'plain');
    await world.git('rm', '--quiet', 'coppice.yaml');
    await world.git('commit', '--quiet', '--message', 'plain');
    expect(await session('plain', { COPPICE_WORKTREE_BASE: 'plain' })).toEqual({ code: 0, output: 'done\n' });
    expect(existsSync(folderOf('plain'))).toBe(true);
  });

  it("reaches the tools of an environment's worktree as `coppice mcp --help` says", async () => {
    const added = await run(['mcp', 'add', 'coppice', '--', process.execPath, cliProgram, 'mcp']);
    expect(added).toMatchObject({ code: 0 });
    expect((await run(['mcp', 'list'])).output).toMatch(/^coppice: .* mcp - . Connected$/m);
  });
});
