import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliWorld, messageLines } from './cliWorld';

let world: CliWorld;
beforeAll(async () => {
  world = await CliWorld.create();
  const file = join(world.repository, 'coppice.yaml');
  const more = [
    'copy: [.env]',
    'patch: {.env: {DATABASE_URL: $(DATABASE_URL), SITE: $(COPPICE_URL)/x}}',
    'teardown: [node forget.cjs]',
  ];
  await writeFile(file, `${await readFile(file, 'utf8')}${more.join('\n')}\n`);
  await writeFile(join(world.repository, 'forget.cjs'), forget);
  await writeFile(join(world.repository, '.worktreeinclude'), '*.pem\n');
  await writeFile(join(world.repository, '.gitignore'), '.env\n*.pem\n*.log\n.husky/_\nnode_modules\n', { flag: 'a' });
  await world.git('add', '-A');
  await world.git('commit', '-m', 'files');
  await writeFile(join(world.repository, '.env'), source);
  await chmod(join(world.repository, '.env'), 0o600);
  await writeFile(join(world.repository, 'key.pem'), 'key');
}, 120_000);
afterAll(() => world.dispose());

const source = 'DATABASE_URL=postgres://main\nSECRET=1\n';
/** Says in the main worktree what it was run for, and fails while that says so. */
const forget = `
const { appendFileSync, existsSync } = require('node:fs');
const main = process.env.COPPICE_MAIN_WORKTREE;
appendFileSync(main + '/forgotten.log', process.env.WORKTREE_NAME + ' ' + /^postgres/.test(process.env.DATABASE_URL) + '\\n');
if (existsSync(main + '/broken.log')) { console.error('Error: the broker is away'); process.exit(4); }
`;

it('what leads outside is refused in one line before anything is made', async () => {
  const before = await world.everything();
  await symlink('../elsewhere', join(world.repository, 'b.pem'));
  const refused = await world.cli(['create', 'topic']);
  await rm(join(world.repository, 'b.pem'));
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(messageLines(refused.stderr)).toEqual([
    'b.pem cannot be copied into a new worktree: b.pem of the main worktree is a link that leads out of it, to ../elsewhere.',
  ]);
  expect(await world.everything()).toEqual(before);
}, 120_000);

it('ignored files come along, say what the environment has, and are no lost work; a teardown is waited for', async () => {
  await mkdir(join(world.repository, '.husky', '_'), { recursive: true });
  await writeFile(join(world.repository, '.husky', '_', 'pre-commit'), '#!/bin/sh\necho no >&2; exit 1\n', {
    mode: 0o755,
  });
  await world.git('config', 'core.hooksPath', '.husky/_');

  await world.json(['create', 'topic', '--from', 'main']);
  const folder = world.worktree('topic');
  const env = await readFile(join(folder, '.env'), 'utf8');
  expect(env.startsWith(source)).toBe(true);
  expect(env).toMatch(
    /\nDATABASE_URL='?postgres\w*:\/\/wt_topic:.*\/wt_topic'?\nSITE=http:\/\/topic\.localhost:\d+\/x\n/,
  );
  expect(await readFile(join(folder, 'key.pem'), 'utf8')).toBe('key');
  expect(await readFile(join(world.repository, '.env'), 'utf8')).toBe(source);
  expect(await world.gitIn(folder, 'status', '--porcelain')).toBe('');
  // The hook is there, and runs.
  const commit = world.gitIn(folder, 'commit', '--allow-empty', '-m', 'x');
  await expect(commit).rejects.toThrow();

  // Again: nothing changes, and the copy keeps what a person wrote.
  await world.json(['create'], { cwd: folder });
  expect(await readFile(join(folder, '.env'), 'utf8')).toBe(env);
  await writeFile(join(folder, 'key.pem'), 'mine');
  const lost = await world.cli(['delete', 'topic']);
  expect(lost.code).toBe(9);
  expect(lost.stderr).toContain('ignored: key.pem');
  expect(lost.stderr).not.toContain('.env');
  expect(existsSync(join(world.repository, 'forgotten.log'))).toBe(false);

  await writeFile(join(world.repository, 'broken.log'), '');
  const stopped = await world.cli(['delete', 'topic', '--discard', 'ignored,database']);
  expect(stopped.code).toBe(9);
  expect(messageLines(stopped.stderr)).toEqual([
    'teardown[0]: "node" ended with exit code 4: Error: the broker is away. Nothing was deleted.',
  ]);
  expect(stopped.stderr).toMatch(
    / {2}All that it printed: .*logs.setup.*\n {2}To delete it all the same: --skip-teardown\n/,
  );
  expect(existsSync(folder)).toBe(true);
  expect(await world.objects('/apis/apps/v1/deployments')).toContain('worktree-topic/backend');
  await rm(join(world.repository, 'broken.log'));
  const deleted = await world.cli(['delete', 'topic', '--discard', 'ignored,database']);
  expect(deleted).toMatchObject({ code: 0, stdout: 'topic: environment deleted, worktree deleted, branch deleted\n' });
  expect(await readFile(join(world.repository, 'forgotten.log'), 'utf8')).toBe('topic true\ntopic true\n');
  expect(await readFile(join(world.repository, '.env'), 'utf8')).toBe(source);
}, 240_000);
