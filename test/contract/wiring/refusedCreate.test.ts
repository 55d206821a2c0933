import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/errorCode';
import { defaultSettings } from '../../../src/core/settings';
import type { Product } from '../../../src/app/product';
import { wireProduct } from '../../../src/wiring/wireProduct';
import { GitRepository } from '../../support/gitRepository';
import { silentLog } from '../../support/kubernetesHarness';

const environmentFile = 'version: 1\nservices: {web: {command: "node server.js"}}\n';

/** What the program says to the same: `test/contract/cli/badInput.test.ts`. */
describe('bad input is refused by the use case, which the editor calls, and changes nothing', () => {
  let repository: GitRepository;
  let home: string;
  let product: Product;
  beforeAll(async () => {
    repository = await GitRepository.create();
    home = join(repository.folder, 'home');
    await repository.commit('coppice.yaml', environmentFile, 'an environment file');
    product = wireProduct({
      root: join(import.meta.dirname, '..', '..', '..'),
      env: repository.env,
      execPath: process.execPath,
      settings: () => ({ ...defaultSettings, home }),
      postgresPassword: () => Promise.resolve(undefined),
      log: silentLog,
    });
  });
  afterAll(() => repository.dispose());

  const everything = async (): Promise<object> => ({
    refs: await repository.git('for-each-ref'),
    worktrees: await repository.git('worktree', 'list', '--porcelain'),
    status: await repository.git('status', '--porcelain', '--ignored'),
    isClusterMade: existsSync(join(home, 'cluster')),
  });

  async function refused(branch: string, code: ErrorCode, line: RegExp, folder = repository.root): Promise<void> {
    const before = await everything();
    const request = { folder, target: { kind: 'branch' as const, branch } };
    const run = { signal: AbortSignal.timeout(30_000), report: () => undefined };
    const failure = { code, message: expect.stringMatching(line) as unknown };
    await expect(product.environments.create(request, run)).rejects.toMatchObject(failure);
    await expect(product.environments.plan(request, run)).rejects.toMatchObject(failure);
    expect(await everything()).toEqual(before);
  }

  it('not a repository', async () => {
    await refused('topic', 'invalidInput', /^\S+ is in no git repository\./, repository.folder);
  });

  it('a branch that is checked out elsewhere', async () => {
    const elsewhere = join(repository.folder, 'elsewhere');
    await repository.git('worktree', 'add', '--quiet', '-b', 'busy', elsewhere);
    await refused('busy', 'conflict', /^The branch busy is checked out at \S+elsewhere\.$/);
    await repository.git('worktree', 'remove', elsewhere);
  });

  it.each(['$(id)', 'a;b', `x"y'z`, '', ' ', '-x', 'a..b', 'a{{.Values.x}}', 'a\u{202e}b'])(
    'the name %j',
    async (name) => {
      await refused(name, 'invalidInput', name.trim() === '' ? /^A branch name is needed\.$/ : /is no branch name/);
    },
  );

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
    await onBranch(`file-${name}`, (folder) => repository.commit('coppice.yaml', text, 'another one', folder));
    await refused(`file-${name}`, 'invalidInput', line);
  });

  it('no environment file, and one that is not committed', async () => {
    await onBranch('without', async (folder) => {
      await rm(join(folder, 'coppice.yaml'));
      await repository.in(folder, 'commit', '--quiet', '--all', '-m', 'without');
    });
    const uncommitted = /^coppice\.yaml is not committed on without: commit it, so that new worktrees have it\.$/;
    await refused('without', 'notConfigured', uncommitted);
    const other = join(repository.folder, 'other');
    await mkdir(other);
    await repository.in(other, 'init', '--quiet');
    await repository.in(other, 'commit', '--quiet', '--allow-empty', '-m', 'nothing');
    await refused('topic', 'notConfigured', /^There is no coppice\.yaml /, other);
  });

  async function onBranch(branch: string, change: (folder: string) => Promise<unknown>): Promise<void> {
    const folder = join(repository.folder, 'edit');
    await repository.git('worktree', 'add', '--quiet', '-b', branch, folder, 'main');
    await change(folder);
    await repository.git('worktree', 'remove', folder);
  }
});
