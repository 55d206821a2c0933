import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import { CliWorld, type CliOptions } from './cliWorld';

interface Seen {
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly slug: string;
}

interface SeveralJson {
  readonly several: {
    readonly branch: string;
    readonly created: { readonly ready: boolean } | null;
    readonly error: { readonly code: string } | null;
    readonly agent: boolean;
  }[];
}

interface CompareJson {
  readonly worktrees: {
    readonly name: string;
    readonly work: { readonly value: { readonly commits: number; readonly files: { readonly path: string }[] } | null };
    readonly database: { readonly value: { readonly kind: string } | null } | null;
    readonly requests: { readonly value: { readonly service: string }[] | null } | null;
  }[];
  readonly overlaps: { readonly path: string; readonly worktrees: string[] }[];
}

const agentText = `
import { appendFileSync } from 'node:fs';
const told = { cwd: process.cwd(), argv: process.argv.slice(2), slug: process.env.WORKTREE_NAME };
appendFileSync(process.env.SEEN, JSON.stringify(told) + '\\n');
if (process.env.STAYS) {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(signal, () => { appendFileSync(process.env.SEEN, JSON.stringify(signal) + '\\n'); process.exit(23); });
  setInterval(() => {}, 1000);
} else if (process.env.DIES) process.kill(process.pid, 'SIGKILL');
else process.exitCode = 7;
`;

describe('an agent that is started with what is created', { timeout: 120_000 }, () => {
  let world: CliWorld;
  let log: string;
  let command: string;
  beforeAll(async () => {
    world = await CliWorld.create();
    log = join(world.folder, 'seen.log');
    const agent = join(world.folder, 'agent.mjs');
    await writeFile(agent, agentText);
    command = `"${process.execPath}" "${agent}" "two words" --say=\${prompt}`;
    await world.json(['create', 'approved']);
  }, 120_000);
  afterAll(() => world.dispose());

  const withAgent = (more: Record<string, string> = {}): CliOptions => ({
    env: { COPPICE_AGENT_COMMAND: command, SEEN: log, ...more },
  });
  const seen = async <T = Seen>(): Promise<T[]> => {
    const text = await readFile(log, 'utf8').catch(() => '');
    await writeFile(log, '');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
  };

  it('has its prompt as one argument, and its own exit code', async () => {
    const hard = '-x "two"\nlines $(id)';
    await writeFile(join(world.folder, 'prompt.txt'), hard);
    const file = join(world.folder, 'prompt.txt');
    const { code } = await world.cli(['create', 'told', '--go', '--prompt-file', file], withAgent());
    expect(code).toBe(7);
    const folder = world.worktree('told');
    expect(await seen()).toEqual([{ cwd: folder, argv: ['two words', `--say=${hard}`], slug: 'told' }]);
    const again = await world.cli(['create', '--go'], { ...withAgent({ DIES: '1' }), cwd: folder });
    // As a shell says that a signal ended it.
    expect(again.code).toBe(128 + 9);
    expect((await seen()).map(({ argv }) => argv)).toEqual([['two words']]);
  });

  it.skipIf(process.platform === 'win32')(
    'has in a sandbox the hosts of its own environment, and of no other',
    async () => {
      const bin = join(world.folder, 'claude');
      await mkdir(bin);
      // What the sandbox is made of has to be there; the stand-in for Claude Code only tells what it was given.
      for (const name of ['bwrap', 'socat']) await writeFile(join(bin, name), '#!/bin/sh\n', { mode: 0o755 });
      const agent = join(world.folder, 'agent.mjs');
      const text = `#!/bin/sh\nexec "${process.execPath}" "${agent}" "$@"\n`;
      await writeFile(join(bin, 'claude'), text, { mode: 0o755 });
      const options = withAgent({
        COPPICE_AGENT_COMMAND: 'claude --model opus',
        COPPICE_AGENT_SANDBOX_HOSTS: 'registry.npmjs.org',
        PATH: [bin, world.env['PATH']].join(delimiter),
      });
      const said = await world.cli(['create', 'boxed', '--go', '--sandbox', '--prompt', 'go on'], options);
      expect(said.code, said.stderr).toBe(7);
      const [{ argv, cwd, slug } = { argv: [], cwd: '', slug: '' }] = await seen();
      expect({ cwd, slug }).toEqual({ cwd: world.worktree('boxed'), slug: 'boxed' });
      const at = argv.indexOf('--settings');
      expect(argv.filter((_, index) => index !== at && index !== at + 1)).toEqual(['--model', 'opus', '--', 'go on']);
      const { sandbox } = JSON.parse(argv[at + 1] ?? '') as { sandbox: { network: { allowedDomains: string[] } } };
      const { hostname, port } = new URL((await world.cli(['database', 'url', 'boxed'])).stdout.trim());
      const { server } = JSON.parse(await readFile(join(world.home, 'cluster', 'cluster.json'), 'utf8')) as {
        server: string;
      };
      const environment = [`boxed.localhost:${world.gatewayPort}`, `${hostname}:${port}`, new URL(server).host];
      // The last is where services and agents send their telemetry.
      const hosts = [...environment, '127.0.0.1:4318'];
      expect(sandbox.network.allowedDomains).toEqual(
        expect.arrayContaining([...hosts, 'registry.npmjs.org']) as unknown,
      );
      const others = sandbox.network.allowedDomains.filter((host) => !/^(?:[\w-]+\.)?boxed\.localhost:/.test(host));
      expect(others.filter((host) => ![...hosts, 'registry.npmjs.org'].includes(host))).toEqual([]);
      expect(sandbox).toMatchObject({
        ...{ enabled: true, failIfUnavailable: true, allowUnsandboxedCommands: false },
        network: { strictAllowlist: true },
      });
    },
  );

  it('is not started without the sandbox that was asked for, and nothing is made', async () => {
    const said = await world.cli(['create', 'unboxed', '--go', '--sandbox'], withAgent());
    expect(said.code).toBe(3);
    expect(said.stderr).toContain('sandbox');
    expect(await seen()).toEqual([]);
    expect(await world.git('branch', '--list', 'unboxed')).toBe('');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('gets the %s that coppice is sent', async (signal) => {
    const options = { ...withAgent({ STAYS: '1' }), cwd: world.worktree('approved') };
    const { child, done } = world.start(['create', '--go', '--prompt', 'p'], options);
    await until(async () => (await readFile(log, 'utf8').catch(() => '')) !== '', 60_000);
    child.kill(signal);
    expect((await done).code).toBe(23);
    expect((await seen<unknown>()).at(-1)).toBe(signal);
  });

  it('is asked for in each of several, which are made one after the other whatever becomes of one', async () => {
    await world.git('branch', 'many-2');
    const options = withAgent();
    const { code, stdout } = await world.cli(
      ['create', 'many', '--several', '3', '--go', '--prompt', 'p', '--json'],
      options,
    );
    // The first failure's: what was done on a branch that is there already would be in one attempt, and in no other.
    expect(code).toBe(9);
    const { several } = JSON.parse(stdout) as SeveralJson;
    expect(several.map(({ branch, created, error, agent }) => [branch, created?.ready, error?.code, agent])).toEqual([
      ['many-1', true, undefined, true],
      ['many-2', undefined, 'conflict', false],
      ['many-3', true, undefined, true],
    ]);
    // This terminal is one, and they are many: each waits for its window.
    expect(await seen()).toEqual([]);
    const asked = join(world.home, 'agents');
    const requests = (await readdir(asked)).map(async (name) => readFile(join(asked, name), 'utf8'));
    const told = (await Promise.all(requests)).map((text) => JSON.parse(text) as unknown);
    expect(told).toEqual([expect.objectContaining({ prompt: 'p' }), expect.objectContaining({ prompt: 'p' })]);
    expect((await world.cli(['create', 'x', '--several', '1'], options)).code).toBe(2);
    expect((await world.cli(['create', '--several', '2'], options)).code).toBe(2);
  });

  it('is seen beside the others: what each has changed, was asked, and has in its database', async () => {
    for (const name of ['many-1', 'many-3']) await writeFile(join(world.worktree(name), 'README.md'), `by ${name}\n`);
    await writeFile(join(world.worktree('many-1'), 'new.txt'), 'x\n');
    let told: CompareJson | undefined;
    // What they are asked is written down every few seconds.
    await until(async () => {
      const { stdout, code } = await world.cli(['compare', 'many-1', 'many-3', 'main', '--json']);
      expect(code).toBe(0);
      told = JSON.parse(stdout) as CompareJson;
      return (told.worktrees[0]?.requests?.value?.length ?? 0) > 0;
    }, 30_000);
    const { worktrees = [], overlaps } = told ?? {};
    expect(overlaps).toEqual([{ path: 'README.md', worktrees: ['many-1', 'many-3'] }]);
    expect(
      worktrees.map(({ name, work }) => [name, work.value?.commits, work.value?.files.map(({ path }) => path)]),
    ).toEqual([
      ['many-1', 0, ['README.md', 'new.txt']],
      ['many-3', 0, ['README.md']],
      ['main', 0, []],
    ]);
    // The worker writes as soon as it runs.
    expect(worktrees.map(({ database }) => database?.value?.kind ?? null)).toEqual(['changed', 'changed', null]);
    expect(worktrees[0]?.requests?.value?.map(({ service }) => service).sort()).toEqual([
      'backend',
      'frontend',
      'worker',
    ]);
    const text = (await world.cli(['compare', 'many-1', 'many-3'])).stdout;
    expect(text).toMatch(/^ +many-1 +many-3\nstatus +3\/3 healthy +3\/3 healthy\n/);
    expect(text).toMatch(/^README\.md +\+1 -\d+ +\+1 -\d+$/m);
    expect(text).toContain('Changed in more than one: README.md (many-1, many-3).');
    expect((await world.cli(['compare', 'many-1'])).code).toBe(2);
  });

  it('never starts where the environment is not ready', async () => {
    const folder = world.worktree('told');
    const crashing = 'version: 1\nservices: {one: {command: node -e process.exit(3)}}\n';
    await writeFile(join(folder, 'coppice.yaml'), crashing);
    const { code, stderr } = await world.cli(['create', '--go', '--prompt', 'p'], { ...withAgent(), cwd: folder });
    expect({ code, isTold: stderr.includes('The agent is not started') }).toEqual({ code: 10, isTold: true });
    expect(await seen()).toEqual([]);
  });
});
