import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until';
import type { ListJson } from './cliJson';
import { AutomaticWindow } from '../../support/automaticWindow';
import { CliWorld, type CliOptions, type CliResult } from './cliWorld';

/** Both say in a file that they ran, and where: what is provisioned twice is there twice. */
const says = (what: string): string =>
  `const fs = require('node:fs'); fs.appendFileSync(process.env.RUNS, '${what} ' + process.cwd() + '\\n');\n`;
/** Is well, fails or hangs, as its branch says. */
const setup = `${says('setup')}
const how = fs.readFileSync('how', 'utf8').trim();
if (how === 'fails') { console.error('there is no table users'); process.exit(3); }
if (how === 'hangs') setInterval(() => undefined, 1000);
`;
const service = `${says('service')}
require('node:http').createServer((_, response) => response.end('hello')).listen(process.env.PORT);
`;

const environmentFile = (runs: string): string => `version: 1
setup:
  - {command: node setup.cjs, timeout: 15, env: {RUNS: ${JSON.stringify(runs)}}}
services:
  web:
    command: node service.cjs
    port: 3000
    routes: [/]
    env: {RUNS: ${JSON.stringify(runs)}}
`;

type How = 'fine' | 'fails' | 'hangs';

/** Seconds. A hook answers within its limit; what hangs is given up later, so that the hook is not what waits for it. */
const limits = { fine: 100, fails: 100, hangs: 6 };

let world: CliWorld;
let runs: string;
let window: AutomaticWindow | undefined;
beforeAll(async () => {
  world = await CliWorld.create();
  runs = join(world.folder, 'runs');
  await writeFile(join(world.repository, 'coppice.yaml'), environmentFile(runs));
  await writeFile(join(world.repository, 'setup.cjs'), setup);
  await writeFile(join(world.repository, 'service.cjs'), service);
  for (const how of ['fails', 'hangs', 'fine']) {
    await writeFile(join(world.repository, 'how'), how);
    await world.git('add', '--all');
    await world.git('commit', '--quiet', '--message', how);
    await world.git('branch', how);
  }
  await world.git('branch', 'plain');
  await writeFile(join(world.folder, 'agent.cjs'), "require('node:fs').writeFileSync(process.argv[2], '');");
  // What runs is the same on all branches, and approved once: a hook can ask nobody.
  await world.json(['create', 'approved']);
  window = new AutomaticWindow(world);
}, 180_000);
afterAll(async () => {
  window?.dispose();
  await world.dispose();
});

function env(how: How, more: Record<string, string> = {}): Record<string, string> {
  return { COPPICE_WORKTREE_BASE: how, ...more };
}

/** What ran in a worktree. */
async function runsIn(path: string): Promise<string[]> {
  const lines = (await readFile(runs, 'utf8')).split('\n');
  return lines.filter((line) => line.endsWith(` ${path}`)).map((line) => line.split(' ', 1)[0] ?? '');
}

interface Made {
  readonly result: CliResult;
  readonly path: string;
  /** By the tool's own rule. */
  readonly doesAgentStart: boolean;
  readonly seconds: number;
}

async function timed(run: () => Promise<CliResult>): Promise<{ result: CliResult; seconds: number }> {
  const begin = performance.now();
  const result = await run();
  return { result, seconds: (performance.now() - begin) / 1000 };
}

async function hook(tool: string, event: object | undefined, options: CliOptions, limit = 100): Promise<CliResult> {
  const running = world.startPiped(['hook', tool, '--limit', String(limit)], options);
  if (event) running.child.stdin?.write(JSON.stringify(event));
  // Not every tool ends the stream; those that do so have nothing to say.
  if (!event) running.child.stdin?.end();
  return running.done;
}

/** Claude Code takes the last line that is not empty, and begins where that is a folder and the hook ended with 0. */
async function byClaudeCode(name: string, how: How): Promise<Made> {
  const event = {
    session_id: 's',
    transcript_path: '/t',
    cwd: world.repository,
    hook_event_name: 'WorktreeCreate',
    name,
  };
  const { result, seconds } = await timed(() => hook('claude-code', event, { env: env(how) }, limits[how]));
  const path = result.stdout.trimEnd().split('\n').at(-1) ?? '';
  return { result, path, seconds, doesAgentStart: result.code === 0 && existsSync(path) };
}

/** As VS Code's git calls it; a window that is open on the repository, and is to create environments by itself, sees it come. */
async function byVsCode(name: string, how: How): Promise<Made> {
  const path = join(`${world.repository}.worktrees`, name);
  const { result, seconds } = await timed(async () => {
    await world.addWorktree('-b', name, '--no-track', path, how);
    await window?.hasBegun(path, name);
    // How whoever has made it knows when to begin.
    const { code, stdout, stderr } = await world.cli(['wait', '--timeout', String(limits[how])], { cwd: path });
    if (how === 'fails') await until(() => window?.failureFor(name), 60_000);
    return { code, stdout, stderr: `${stderr}${window?.failureFor(name) ?? ''}` };
  });
  return { result, path, seconds, doesAgentStart: result.code === 0 };
}

/** A person adds it, has its environment made in its folder, and begins when that has ended with 0. */
async function byGit(name: string, how: How): Promise<Made> {
  const path = join(world.folder, 'worktrees', name);
  await world.addWorktree('--quiet', '-b', name, path, how);
  const { result, seconds } = await timed(() =>
    world.cli(['create', '--json'], { cwd: path, env: env(how), isApproved: false }),
  );
  return { result, path, seconds, doesAgentStart: result.code === 0 };
}

/** worktrunk adds the worktree, and runs its pre-start hook there, with its context on standard input; --execute comes after it. */
async function byWorktrunk(name: string, how: How): Promise<Made> {
  const path = join(world.folder, 'worktrees', name);
  await world.addWorktree('--quiet', '-b', name, path, how);
  const { result, seconds } = await timed(() =>
    hook('worktrunk', { branch: name }, { cwd: path, env: env(how) }, limits[how]),
  );
  return { result, path, seconds, doesAgentStart: result.code === 0 };
}

/** Its own create starts the agent itself. */
async function byCoppice(name: string, how: How): Promise<Made> {
  const agent = join(world.folder, `agent-${name}`);
  const command = `node ${join(world.folder, 'agent.cjs')} ${agent}`;
  const { result, seconds } = await timed(() =>
    world.cli(['create', name, '--go'], { env: env(how, { COPPICE_AGENT_COMMAND: command }) }),
  );
  return { result, path: world.worktree(name), seconds, doesAgentStart: existsSync(agent) };
}

const creators = {
  'Claude Code': byClaudeCode,
  'git worktree add': byGit,
  "VS Code's git": byVsCode,
  worktrunk: byWorktrunk,
  Coppice: byCoppice,
} as const;
/** Those that begin with Coppice's hook, which answers in time. */
const hooked: readonly string[] = ['Claude Code', 'worktrunk'];

/** What goes on after the hook has ended. */
async function settled(path: string): Promise<ListJson['worktrees'][number] | undefined> {
  let found: ListJson['worktrees'][number] | undefined;
  await until(async () => {
    const { worktrees } = await world.json<ListJson>(['list']);
    found = worktrees.find((each) => each.path === path);
    return found?.view.state !== 'creating';
  }, 60_000);
  return found;
}

describe.each(Object.entries(creators))('a worktree of %s', { timeout: 120_000 }, (creator, make) => {
  const nameOf = (how: How): string => `${creator.replace(/\W.*/, '').toLowerCase()}-${how}`;
  const isOfWindow = make === byVsCode;
  if (isOfWindow) {
    beforeAll(() => window?.setMode('always'));
    afterAll(() => window?.setMode('never'));
  }

  it.concurrent('whose setup is fine: the agent begins in it, once it answers', async () => {
    const made = await make(nameOf('fine'), 'fine');
    expect({ ...made.result, stderr: '' }).toMatchObject({ code: 0 });
    expect(made.doesAgentStart).toBe(true);
    expect((await settled(made.path))?.view.state).toBe('healthy');
    expect(await runsIn(made.path)).toEqual(['setup', 'service']);
    // A session that is resumed.
    if (creator !== 'Claude Code') return;
    expect(await make(nameOf('fine'), 'fine')).toMatchObject({ path: made.path, doesAgentStart: true });
    expect(await runsIn(made.path)).toEqual(['setup', 'service']);
  });

  it.concurrent('whose setup fails: the agent does not begin, and is told why', async () => {
    const made = await make(nameOf('fails'), 'fails');
    expect(made.doesAgentStart).toBe(false);
    expect(made.result.code).not.toBe(0);
    expect(made.result.stdout + made.result.stderr).toContain('there is no table users');
    expect(await runsIn(made.path)).toEqual(['setup']);
    if (creator === 'Claude Code') expect(existsSync(made.path)).toBe(true);
  });

  it.concurrent('whose setup hangs: the agent does not begin, and nobody waits for longer than is told', async () => {
    const made = await make(nameOf('hangs'), 'hangs');
    expect(made.doesAgentStart).toBe(false);
    expect(made.result.code).not.toBe(0);
    if (creator === 'Claude Code') expect(existsSync(made.path)).toBe(true);
    if (hooked.includes(creator)) {
      // A busy machine takes a while to start and to end a process.
      expect(made.seconds).toBeLessThan(limits.hangs + 20);
      expect(made.result.stderr).toContain('still being made');
    } else if (!isOfWindow) {
      // Who waits for a create is told why it has ended.
      expect(made.result.stdout + made.result.stderr).toContain('did not end within 15 s');
    }
    // On a busy machine it has not come that far yet.
    await until(async () => (await runsIn(made.path)).length > 0, 60_000);
    await settled(made.path);
    expect(await runsIn(made.path)).toEqual(['setup']);
  });
});

describe('of several who make the environment of one worktree', { timeout: 120_000 }, () => {
  it('one does, and each hook has what came of it', async () => {
    const path = join(world.folder, 'worktrees', 'shared');
    await world.git('worktree', 'add', '--quiet', '-b', 'shared', path, 'fine');
    const results = await Promise.all([
      hook('worktrunk', {}, { cwd: path, env: env('fine') }),
      hook('codex', undefined, { cwd: path, env: env('fine') }),
      // A window that is to create environments by itself.
      world.cli(['create', '--json'], { cwd: path, isApproved: false }),
    ]);
    const [first, second, window] = results.map(({ code }) => code);
    expect([first, second]).toEqual([0, 0]);
    expect([0, 9]).toContain(window);
    expect((await settled(path))?.view.state).toBe('healthy');
    expect(await runsIn(path)).toEqual(['setup', 'service']);
  });
});

describe("Claude Code's hook", { timeout: 120_000 }, () => {
  const create = (name: string, cwd = world.repository): object => ({ cwd, hook_event_name: 'WorktreeCreate', name });

  it('makes the plain worktree that Claude Code would make where the branch has no coppice.yaml', async () => {
    await world.git('switch', '--quiet', 'plain');
    await world.git('rm', '--quiet', 'coppice.yaml');
    await world.git('commit', '--quiet', '--message', 'no environments');
    await world.git('switch', '--quiet', '-');
    const result = await hook('claude-code', create('with/slash'), { env: { COPPICE_WORKTREE_BASE: 'plain' } });
    const path = join(world.repository, '.claude', 'worktrees', 'with+slash');
    expect(result).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' });
    expect(await world.gitIn(path, 'branch', '--show-current')).toBe('worktree-with+slash');
    expect(await world.git('worktree', 'list', '--porcelain')).not.toContain('locked');
    // The same session again.
    expect(await hook('claude-code', create('with/slash'), {})).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' });
  });

  it('makes it also in a repository that Coppice never saw, and in none it says so', async () => {
    const other = join(world.folder, 'other');
    await mkdir(other);
    await world.gitIn(other, 'init', '--quiet');
    await world.gitIn(other, 'commit', '--quiet', '--allow-empty', '--message', 'first');
    const result = await hook('claude-code', create('x', other), { cwd: other });
    expect(result).toEqual({ code: 0, stdout: `${join(other, '.claude/worktrees/x')}\n`, stderr: '' });
    const none = await hook('claude-code', create('x', world.folder), { cwd: world.folder });
    expect(none).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is in no git repository') });
  });

  it('copies what .worktreeinclude lists, and nothing that leads outside, where there is no environment', async () => {
    const other = join(world.folder, 'lists');
    await mkdir(other);
    await world.gitIn(other, 'init', '--quiet');
    await writeFile(join(other, '.gitignore'), '.env*\n');
    await writeFile(join(other, '.worktreeinclude'), '.env\n.env.link\n');
    await writeFile(join(other, '.env'), 'A=1');
    await writeFile(join(other, '.env.other'), 'B=1');
    await world.gitIn(other, 'add', '--all');
    await world.gitIn(other, 'commit', '--quiet', '--message', 'first');
    const made = await hook('claude-code', create('x', other), { cwd: other });
    expect(made).toEqual({ code: 0, stdout: `${join(other, '.claude/worktrees/x')}\n`, stderr: '' });
    expect(await readFile(join(made.stdout.trim(), '.env'), 'utf8')).toBe('A=1');
    expect(existsSync(join(made.stdout.trim(), '.env.other'))).toBe(false);

    await symlink(join(world.folder, '.gitconfig'), join(other, '.env.link'));
    const outside = await hook('claude-code', create('y', other), { cwd: other });
    expect(outside).toMatchObject({ code: 0, stderr: expect.stringContaining('leads out of it') });
    expect(existsSync(join(outside.stdout.trim(), '.env.link'))).toBe(false);
  });

  it('that is called twice at once for one name gives both the same folder', async () => {
    const twice = await Promise.all(
      [1, 2, 3].map(() => hook('claude-code', create('twice'), { env: { COPPICE_WORKTREE_BASE: 'plain' } })),
    );
    const path = join(world.repository, '.claude', 'worktrees', 'twice');
    expect(twice).toEqual([1, 2, 3].map(() => ({ code: 0, stdout: `${path}\n`, stderr: '' })));
  });

  it('prints the folder, and keeps the agent from beginning, where what runs there was not approved', async () => {
    const file = join(world.repository, 'coppice.yaml');
    await world.git('switch', '--quiet', '--create', 'theirs', 'fine');
    await writeFile(file, (await readFile(file, 'utf8')).replace('node service.cjs', 'node service.cjs theirs'));
    await world.git('commit', '--quiet', '--all', '--message', 'theirs');
    await world.git('switch', '--quiet', '-');
    const result = await hook('claude-code', create('theirs'), { env: { COPPICE_WORKTREE_BASE: 'theirs' } });
    expect(result).toMatchObject({ code: 1, stdout: expect.stringMatching(/theirs\n$/) });
    expect(result.stderr).toMatch(/services\.web\.command: .*node service\.cjs theirs/);
    expect(existsSync(result.stdout.trim())).toBe(true);
  });

  it("is not led into another repository by a git hook's variables", async () => {
    const elsewhere = join(world.folder, 'other');
    const misled = {
      GIT_DIR: join(elsewhere, '.git'),
      GIT_WORK_TREE: elsewhere,
      GIT_INDEX_FILE: join(elsewhere, '.git', 'index'),
      GIT_PREFIX: '',
    };
    const result = await hook('claude-code', create('inside'), { env: env('fine', misled) });
    const path = join(world.repository, '.claude', 'worktrees', 'inside');
    expect(result).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' });
    expect(await world.gitIn(elsewhere, 'status', '--porcelain', '--untracked-files=no')).toBe('');
    expect((await settled(path))?.view.state).toBe('healthy');
  });

  it('deletes the worktree with its environment, and not where files would be lost', async () => {
    const path = join(world.repository, '.claude', 'worktrees', 'inside');
    const remove = { cwd: path, hook_event_name: 'WorktreeRemove', worktree_path: path };
    await writeFile(join(path, 'notes'), 'not saved');
    const refused = await hook('claude-code', remove, { cwd: path });
    expect(refused).toMatchObject({ code: 9, stdout: '' });
    expect(existsSync(join(path, 'notes'))).toBe(true);
    await world.gitIn(path, 'clean', '--quiet', '--force');
    expect(await hook('claude-code', remove, { cwd: path })).toMatchObject({ code: 0, stdout: '' });
    expect(existsSync(path)).toBe(false);
    expect(await world.git('branch', '--list', 'worktree-inside')).toBe('');
    expect(await world.objects('/api/v1/namespaces')).not.toContainEqual(expect.stringContaining('inside'));
  });

  it('is called by what "coppice connect" has written, also where coppice is on no PATH', async () => {
    expect(await world.json(['connect', 'claude-code'])).toMatchObject({
      note: expect.stringContaining('info/exclude'),
    });
    const file = join(world.repository, '.claude', 'settings.local.json');
    const { hooks } = JSON.parse(await readFile(file, 'utf8')) as {
      hooks: Record<string, [{ hooks: [{ command: string }] }]>;
    };
    const call = spawn(hooks['WorktreeCreate']?.[0].hooks[0].command ?? '', {
      shell: true,
      cwd: world.repository,
      env: { ...world.env, COPPICE_WORKTREE_BASE: 'plain' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    call.stdin.write(JSON.stringify(create('called')));
    let said = '';
    call.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(call, 'close')) as [number | null];
    expect([code, said]).toEqual([0, `${join(world.repository, '.claude/worktrees/called')}\n`]);
    // It is this machine's alone, and nobody's to commit.
    const exclude = join(world.repository, '.git', 'info', 'exclude');
    expect(hooks['WorktreeCreate']?.[0].hooks[0].command).toContain(join(world.home, 'bin'));
    expect(await world.git('status', '--porcelain', '--untracked-files=all', '--', file)).toBe('');
    expect(await readFile(exclude, 'utf8')).toContain('/.claude/settings.local.json\n');
    expect(await world.json(['connect', 'claude-code', '--remove'])).toMatchObject({ after: null, written: true });
    expect(existsSync(file)).toBe(false);
    expect(await readFile(exclude, 'utf8')).not.toContain('.claude');
  });

  it('refuses what is no event, in a line', async () => {
    const refused = await hook('claude-code', { hook_event_name: 'Stop' }, {});
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr.trimEnd().split('\n')).toHaveLength(1);
    // A 2 would forbid what a session of Claude Code is about to do, by a newer entry than this program knows as well.
    const others = [
      ['emacs'],
      ['gemini'],
      ['codex', '--limit', 'soon'],
      ['claude-code', '--unknown'],
      ['claude-code', '--state', 'x'],
      [],
    ];
    for (const words of others) expect(await world.cli(['hook', ...words])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('a hook in a worktree that another tool removes', { timeout: 120_000 }, () => {
  it('deletes the environment, and leaves the folder to the tool; the main worktree it leaves alone', async () => {
    const path = join(world.folder, 'worktrees', 'shared');
    expect(await world.cli(['hook', 'worktrunk', '--remove'], { cwd: path })).toMatchObject({ code: 0 });
    expect(existsSync(path)).toBe(true);
    expect(await world.objects('/api/v1/namespaces')).not.toContain('worktree-shared');
    expect(await world.cli(['hook', 'worktrunk', '--remove'], { cwd: path })).toMatchObject({ code: 0 });
    expect(await world.cli(['hook', 'worktrunk', '--remove'])).toMatchObject({ code: 0 });
    expect(await world.cli(['hook', 'worktrunk'])).toMatchObject({ code: 0 });
  });
});
