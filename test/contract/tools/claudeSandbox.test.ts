import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostAgents } from '../../../src/adapters/exec/hostAgents';
import { StandInModel } from '../../support/standInModel';
import { verifies } from '../../support/verified';

/** The program of the package @anthropic-ai/claude-code-linux-x64; the sandbox needs bubblewrap and socat besides. */
const claude = process.env['COPPICE_TEST_CLAUDE'] ?? '';
const run = promisify(execFile);

/** Says of each thing that is tried whether it could be done. */
const script = (own: number, other: number): string => `
may() { name=$1; shift; if "$@" >/dev/null 2>"$TMPDIR/said"; then echo "<$name=yes>"; else echo "<$name=no>"; fi; }
get() { curl --silent --fail --max-time 5 --noproxy '' "http://127.0.0.1:$1/"; }
may worktree touch made
may commit git commit --quiet --allow-empty --message made
may main touch ../repository/made
may home touch "$HOME/made"
may hooks touch ../repository/.git/hooks/post-commit
may config git config core.fsmonitor /made
may settings sh -c 'mkdir -p .claude && echo {} >.claude/settings.local.json'
may own get ${own}
may other get ${other}
exit 0
`;

describe.skipIf(claude === '' || process.platform !== 'linux')(
  'Claude Code in its sandbox',
  { timeout: 300_000 },
  () => {
    let folder: string;
    let model: StandInModel;
    let servers: readonly Server[];
    let version = '';
    let told = '';

    beforeAll(async () => {
      folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-')));
      model = await StandInModel.start();
      servers = await Promise.all([serve(), serve()]);
      const [own = 0, other = 0] = servers.map((server) => (server.address() as AddressInfo).port);
      const git = (...argv: string[]) => run('git', argv, { cwd: join(folder, 'repository') });
      await run('git', ['init', '--quiet', '--initial-branch=main', join(folder, 'repository')]);
      for (const [name, value] of [
        ['user.name', 'test'],
        ['user.email', 'test@example.com'],
      ] as const)
        await git('config', name, value);
      await git('commit', '--quiet', '--allow-empty', '--message', 'first');
      await git('worktree', 'add', '--quiet', '-b', 'feature', '../feature');
      const worktree = join(folder, 'feature');
      await writeFile(join(worktree, 'try.sh'), script(own, other));
      model.commands.push('sh try.sh');
      const env = {
        PATH: process.env['PATH'],
        HOME: folder,
        ANTHROPIC_BASE_URL: model.address,
        ANTHROPIC_API_KEY: 'stand-in',
        DISABLE_AUTOUPDATER: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      };
      version = (await run(claude, ['--version'], { env })).stdout.split(' ')[0] ?? '';
      const plan = { hosts: [`127.0.0.1:${own}`], gitFolder: join(folder, 'repository', '.git') };
      const program = await new HostAgents(env).find(
        `"${claude}" --print --allowedTools=Bash`,
        worktree,
        { isSandboxed: true, prompt: 'hello' },
        undefined,
        plan,
      );
      const session = run(program.file, [...program.argv], { cwd: worktree, env });
      session.child.stdin?.end();
      told = (await session).stdout;
    }, 300_000);
    afterAll(async () => {
      for (const server of servers ?? []) server.close();
      await model?.stop();
      await rm(folder, { recursive: true, force: true });
    });
    verifies('Claude Code', () => version, {
      obtained: 'npm: @anthropic-ai/claude-code-linux-x64',
      asked: 'its sandbox by the settings that Coppice writes',
    });

    it('takes the settings, and its commands write the worktree and what a commit writes, and no more', () => {
      expect(told).toBe('done\n');
      const may = Object.fromEntries(
        [...model.heard.matchAll(/<(\w+)=(yes|no)>/g)].map(([, name, answer]) => [name, answer]),
      );
      expect(may).toEqual({
        ...{ worktree: 'yes', commit: 'yes', main: 'no', home: 'no', hooks: 'no', config: 'no', settings: 'no' },
        ...{ own: 'yes', other: 'no' },
      });
    });
  },
);

async function serve(): Promise<Server> {
  const server = createServer((_, answer) => answer.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
