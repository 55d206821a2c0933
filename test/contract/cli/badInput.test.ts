import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorJson, ListJson } from './cliJson';
import { CliWorld, messageLines, type CliOptions } from './cliWorld';

describe('bad input gets one clear line and changes nothing', { timeout: 60_000 }, () => {
  let world: CliWorld;
  beforeAll(async () => {
    world = await CliWorld.create();
    await world.json(['create', 'main']);
  }, 60_000);
  afterAll(() => world.dispose());

  /** In text and as JSON. What the use case says to the editor: `test/contract/wiring/refusedCreate.test.ts`. */
  async function refused(args: readonly string[], code: number, line: RegExp, options: CliOptions = {}): Promise<void> {
    const before = await world.everything();
    const text = await world.cli(args, options);
    expect(messageLines(text.stderr)).toEqual([expect.stringMatching(line)]);
    expect({ code: text.code, stdout: text.stdout }).toEqual({ code, stdout: '' });
    const [command = '', ...rest] = args;
    const json = await world.cli([command, '--json', ...rest], options);
    const { error }: ErrorJson = JSON.parse(json.stdout);
    expect(error.message).toMatch(line);
    expect(error.message).not.toContain('\n');
    expect(Object.keys(error)).toEqual(['code', 'message', 'explanation', 'losses']);
    expect({ code: json.code, stderr: json.stderr }).toEqual({ code, stderr: '' });
    expect(await world.everything()).toEqual(before);
  }

  it('not a repository', async () => {
    const line = /^\S+ is in no git repository\./;
    await refused(['create', 'topic'], 2, line, { cwd: world.folder });
    await refused(['list'], 2, line, { cwd: world.folder });
  });

  it('a branch that is checked out elsewhere', async () => {
    const elsewhere = join(world.folder, 'elsewhere');
    await world.git('worktree', 'add', '--quiet', '-b', 'busy', elsewhere);
    const line = /^The branch busy is checked out at \S+elsewhere\.$/;
    await refused(['create', 'busy'], 9, line);
    await refused(['create', 'main', '--path', join(world.folder, 'other')], 9, /^The branch main is checked out at /);
    await world.git('worktree', 'remove', elsewhere);
  });

  it.each(['$(id)', 'a;b', `x"y'z`, '', ' ', '-x', 'a..b', 'a{{.Values.x}}', 'a\u{202e}b'])(
    'the name %j',
    async (name) => {
      const line = name.trim() === '' ? /^A branch name is needed\.$/ : /is no branch name/;
      await refused(['create', '--', name], 2, line);
    },
  );

  it('options in the place of names', async () => {
    await refused(['create', '--output=x'], 2, /^unknown option '--output=x' \(coppice --help\)$/);
    await refused(['create', '--', '--output=x'], 2, /^"--output=x" is no branch name/);
    await refused(['create', 'topic', '--from', '--output=x'], 2, /--output=x/);
    await refused(['create', 'topic', '--from', 'nowhere'], 2, /^"nowhere" names no commit/);
    await refused(['create', '--from', 'main'], 2, /^A base \(--from\) needs the name of a new branch\.$/);
    await refused(['create', 'main', '--from', 'main~1'], 9, /^The branch main exists already/);
    await refused(['switch', '--', '--output=x'], 8, /^There is no worktree "--output=x"\./);
    await refused(['delete', 'nobody'], 8, /^There is no worktree "nobody"\. There are: main\.$/);
    await refused(['delete', 'main', '--discard', 'everything'], 2, /^"everything" is no loss: there are uncommitted,/);
    await refused(
      ['logs', 'nothing', 'main'],
      8,
      /^There is no service "nothing"\. There are: frontend, backend, worker\.$/,
    );
    await refused(['logs', 'backend', 'main', '--tail', 'all'], 2, /^--tail must be a number of lines, not "all"\.$/);
    await refused(['list'], 2, /^COPPICE_GATEWAY_PORT must be a number, not "web"\.$/, {
      env: { COPPICE_GATEWAY_PORT: 'web' },
    });
  });

  it('a folder that exists', async () => {
    const folder = world.worktree('taken');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'precious'), 'work');
    const line = /^The folder \S+taken exists and is not empty\.$/;
    await refused(['create', 'taken'], 9, line);
    await refused(['create', 'another', '--path', folder], 9, line);
    await refused(['create', 'another', '--path', join(folder, 'precious')], 9, /precious exists/);
    await refused(
      ['create', 'another', '--path', world.repository],
      9,
      /^\S+ is a worktree already, of the branch main\.$/,
    );
  });

  /** Another version of the environment file, on a branch of its own. */
  async function commitFile(branch: string, text: string | undefined): Promise<void> {
    const folder = join(world.folder, 'edit');
    await world.git('worktree', 'add', '--quiet', '-b', branch, folder, 'main');
    if (text === undefined) await rm(join(folder, 'coppice.yaml'));
    else await writeFile(join(folder, 'coppice.yaml'), text);
    await world.gitIn(folder, 'commit', '--quiet', '--all', '--message', 'Change the environment');
    await world.git('worktree', 'remove', folder);
  }

  const bombs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi', 'ij'])
    bombs.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`);
  it.each([
    ['broken', 'version: 1\nservices: {frontend: {image: "x"\n', /coppice\.yaml:\d+/],
    ['wrong', 'version: 1\nservices:\n  web: {command: 7}\n', /coppice\.yaml:3.*command/],
    ['bomb', `version: 1\nservices: {}\n${bombs.join('\n')}\n`, /coppice\.yaml/],
    ['tag', 'version: 1\nservices: !!js/function "x"\n', /coppice\.yaml:2/],
    ['escape', 'version: 1\nservices: {web: {command: "node x"}}\nchart: ../../etc\n', /coppice\.yaml:3/],
    ['empty', '', /coppice\.yaml/],
  ])('an environment file that is %s', async (name, text, line) => {
    await commitFile(`file-${name}`, text);
    await refused(['create', `file-${name}`], 2, line);
    await refused(['create', `new-of-${name}`, '--from', `file-${name}`], 2, line);
  });

  it('no environment file, and one that is not committed', async () => {
    await commitFile('without', undefined);
    const uncommitted = /^coppice\.yaml is not committed on without: commit it, so that new worktrees have it\.$/;
    await refused(['create', 'without'], 3, uncommitted);
    const bare = join(world.folder, 'bare-of-file');
    await mkdir(bare);
    await world.gitIn(bare, 'init', '--quiet', '--initial-branch=main');
    await world.gitIn(bare, 'commit', '--quiet', '--allow-empty', '--message', 'nothing');
    const missing = /^There is no coppice\.yaml /;
    await refused(['create', 'topic'], 3, missing, { cwd: bare });
    await refused(['create', 'main'], 3, /no coppice\.yaml/, { cwd: bare });
  });

  it('Helm missing, or no Helm at all', async () => {
    await refused(['create', 'topic'], 4, /Helm/, { env: { COPPICE_HELM_PATH: '/nonexistent/helm' } });
    await refused(['create', 'topic'], 1, /Helm/, { env: { COPPICE_HELM_PATH: process.execPath } });
  });

  it('an agent that is not there', async () => {
    const env = { COPPICE_AGENT_COMMAND: 'no-such-agent' };
    await refused(['create', 'topic', '--go'], 4, /^The agent's program "no-such-agent" was not found on the PATH\.$/, {
      env,
    });
    await refused(
      ['create', 'topic', '--go', '--prompt', 'p'],
      3,
      /^The agent's command says not how "no-such-agent" takes a prompt/,
      {
        env,
      },
    );
    for (const [more, why] of [
      [['--prompt', 'p'], /need --go/],
      [['--continue'], /need --go/],
      [['--go', '--prompt', ' '], /^The prompt is empty/],
      [['--go', '--prompt-file', 'none'], /^The prompt's file .*none cannot be read/],
      [['--go', '--prompt', 'p', '--prompt-file', 'none'], /not both/],
    ] as const)
      await refused(['create', 'topic', ...more], 2, why, { env });
    await refused(['create', 'topic', '--go'], 3, /^The agent's command /, {
      env: { COPPICE_AGENT_COMMAND: '"claude' },
    });
  });
});

describe('what the machine lacks', { timeout: 60_000 }, () => {
  const worlds: CliWorld[] = [];
  const servers: Server[] = [];
  const newWorld = async (): Promise<CliWorld> => {
    const world = await CliWorld.create();
    worlds.push(world);
    return world;
  };
  const occupy = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer();
      servers.push(server);
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  afterAll(async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await Promise.all(worlds.map((world) => world.dispose()));
  });

  it('a port of the gateway that is taken: the next one is used, said, and kept', async () => {
    const world = await newWorld();
    await occupy(world.gatewayPort);
    const first = await world.cli(['cluster', 'start']);
    const port = Number(/The gateway is at port (\d+)/.exec(first.stderr)?.[1]);
    expect(first.stderr).toContain(`! The gateway is at port ${port}: port ${world.gatewayPort} was taken.\n`);
    expect(messageLines(first.stderr)).toEqual([]);
    expect(port).toBeGreaterThan(world.gatewayPort);
    expect(await world.json(['cluster', 'status'])).toMatchObject({ gatewayPort: port });
    await world.cli(['cluster', 'stop']);

    // And of the API: with a certificate and a token of its own, it may move.
    const { port: apiPort } = new URL(/https:\S+\d/.exec(first.stdout)?.[0] ?? '');
    await occupy(Number(apiPort));
    const second = await world.json<{ gatewayPort: number; server: string }>(['cluster', 'start']);
    expect(second.gatewayPort).toBe(port);
    expect(new URL(second.server).port).not.toBe(apiPort);
  });

  it('PostgreSQL that does not start', async () => {
    const world = await newWorld();
    const binaries = join(world.folder, 'binaries');
    await mkdir(binaries);
    for (const name of ['postgres', 'initdb']) {
      const script = `#!/bin/sh\n[ "$1" = --version ] && { echo '${name} (PostgreSQL) 18.4'; exit; }\necho '${name}: error: out of luck' >&2\nexit 1\n`;
      await writeFile(join(binaries, name), script);
      await chmod(join(binaries, name), 0o755);
    }
    // Another account runs the server when this one is root.
    await chmod(world.folder, 0o755);
    const env = { COPPICE_POSTGRES_BINARIES: binaries };
    const before = await world.everything();
    const failed = await world.cli(['create', 'topic'], { env });
    expect(messageLines(failed.stderr)).toEqual(['PostgreSQL could not create its data folder: out of luck']);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    // The cluster may have been started by then: it serves all.
    const servers = { isClusterUp: 0, namespaces: 0, secrets: 0 };
    expect({ ...(await world.everything()), ...servers }).toEqual({ ...before, ...servers });
    expect((await world.json<ListJson>(['list'])).orphans).toEqual([]);
    // Once it can start, the same command succeeds.
    expect(await world.json(['create', 'topic'])).toMatchObject({ ready: true });
  });

  it('Node.js that is too old', (context) => {
    const old = '/usr/bin/node';
    const { stdout: version } = spawnSync(old, ['--version'], { encoding: 'utf8' });
    if (!/^v(?:1\d|20|21)\./.test(version ?? '')) return context.skip('this machine has no old Node.js');
    const { status, stdout, stderr } = spawnSync(
      old,
      [join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.js'), 'list'],
      {
        encoding: 'utf8',
        cwd: tmpdir(),
      },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 4,
      stdout: '',
      stderr: `coppice needs Node.js 22.19 or newer; this is ${version.trim().slice(1)}.\n`,
    });
  });
});
