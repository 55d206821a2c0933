import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ListJson } from './cliJson';
import { CliWorld } from './cliWorld';

const run = promisify(execFile);

/** One for each place where people keep secrets, none of which looks like one: what is known is taken out, not only what is guessed. */
const canaries = {
  envFile: 'canary-of-the-envfile',
  copied: 'canary-of-the-copied-file',
  deep: 'canary-of-a-file-below',
  json: 'canary-of-a-json-file',
  service: 'canary-of-the-service',
  patched: 'canary-of-the-patch',
  setting: 'canary-of-the-setting',
  password: 'canary-of-the-password',
  process: 'canary-of-the-process',
  unnamed: 'canary-no-1-of-the-process',
  kubeconfig: 'canary-of-the-kubeconfig',
  url: 'canary-of-an-address',
};

/** A service that tells all it knows in the line that says why it ended, which rows, JSON and the cluster's log repeat. */
const crash = `throw new Error('could not start with ' + [
  process.env.FROM_FILE, process.env.FROM_SERVICE, require('./app.local.json').key, require('node:fs').readFileSync('.env', 'utf8').replace(/\\s+/g, ' '),
  'https://ada:${canaries.url}@example.com/x',
].join(' '));`;

let world: CliWorld;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  world = await CliWorld.create();
  folder = join(world.folder, 'secretive');
  await mkdir(join(folder, 'apps', 'api'), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    '.gitignore': '.env\n.env.*\n*.secrets\n*.local.json\n',
    '.env': `SHARED='${canaries.copied}' # as it stands\n`,
    'apps/api/.env.local': `export BELOW=${canaries.deep}\n`,
    'app.local.json': JSON.stringify({ port: 1, key: canaries.json }),
    'app.secrets': `FROM_FILE=${canaries.envFile}\n`,
    'crash.cjs': crash,
    'coppice.yaml': `version: 1
copy: [.env, app.secrets, '*.local.json']
patch: {.env: {PATCHED: ${canaries.patched}}}
services:
  crash: {command: node crash.cjs, env: {FROM_SERVICE: ${canaries.service}}, envFile: [app.secrets]}
`,
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  const kubeconfig = join(world.folder, 'kubeconfig');
  await writeFile(kubeconfig, `users: [{name: ada, user: {token: "${canaries.kubeconfig}"}}]\n`);
  const git = (...args: string[]) => run('git', args, { cwd: folder, env: world.env });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'first');
  env = {
    KUBECONFIG: kubeconfig,
    COPPICE_AGENT_COMMAND: `agent ${canaries.setting}`,
    COPPICE_POSTGRES_PASSWORD: canaries.password,
    A_TOKEN: canaries.process,
    OF_THE_TEAM: canaries.unnamed,
  };
  const made = await world.cli(['create', 'feature'], { cwd: folder, env });
  expect(made.code).toBe(10);
  // What a log would repeat of any of them.
  await appendFile(join(world.home, 'cluster', 'cluster.log'), `the tool said ${Object.values(canaries).join(' ')}\n`);
}, 120_000);
afterAll(() => world.dispose());

it('has what somebody needs, and no secret of any place', { timeout: 60_000 }, async () => {
  // Each is where it could come from: without being taken out, it would be in the report.
  const list = JSON.stringify(await world.json<ListJson>(['list'], { cwd: folder, env }));
  for (const known of ['service', 'envFile', 'copied', 'json', 'url'] as const) expect(list).toContain(canaries[known]);
  expect(await readFile(join(world.home, 'cluster', 'cluster.log'), 'utf8')).toContain(canaries.kubeconfig);

  const { code, stdout, stderr } = await world.cli(['report'], { cwd: folder, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Nothing was sent.') });
  for (const [place, canary] of Object.entries(canaries)) expect(stdout, place).not.toContain(canary);
  expect(stdout).not.toContain(world.folder);
  for (const told of [
    /^- Coppice: \d/m,
    /^- git: git version/m,
    /^- Helm: v\d/m,
    /^- kind: embedded$/m,
    /^- state: running$/m,
  ])
    expect(stdout).toMatch(told);
  expect(stdout).toMatch(/^- service crash: .*\benvFile\b/m);
  expect(stdout).toContain('- agent.command: set');
  expect(stdout).toContain('"CrashLoopBackOff"');
  expect(stdout).toMatch(/could not start with .*‹hidden›/);
  expect(stdout).toContain('the tool said ‹hidden›');
});

it('is made outside of a repository, too', async () => {
  const { code, stdout } = await world.cli(['report', '--json'], { cwd: world.folder, env });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ report: expect.stringContaining('# What does not work') });
});
