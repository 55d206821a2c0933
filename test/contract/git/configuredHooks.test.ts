import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitBranchMerges } from '../../../src/adapters/git/gitBranchMerges';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import { gitBefore } from '../../support/gitBefore';
import { GitRepository } from '../../support/gitRepository';

/*
 * Hooks that are lines of git's configuration, which git runs since 2.54 (seen with 2.55.0). An older one gets a script before it that lists
 * them and runs them where Coppice has hooks run; what git itself runs them at only a newer one shows.
 */
const asNewer = `
  *" hook list "*)
    real "$@" 2>/dev/null; code=$?
    [ $code = 129 ] || exit $code
    for event; do :; done
    for key in $(real config --name-only --get-regexp '^hook\\..*\\.event$' "^$event$"); do
      name=\${key#hook.}; name=\${name%.event}
      [ "$(real config --type=bool "hook.$name.enabled")" = false ] || { echo "$name"; code=0; }
    done
    [ $code = 0 ] || exit 1
    exit 0 ;;
  *" hook run "*" post-checkout "*)
    real hook list post-checkout 2>/dev/null
    if [ $? = 129 ]; then
      for name in $("$0" hook list post-checkout); do sh -c "$(real config "hook.$name.command")" || exit; done
    fi ;;
`;

describe.skipIf(process.platform === 'win32')('hooks of git’s configuration', () => {
  let git: GitRepository;
  let env: NodeJS.ProcessEnv;
  let worktrees: GitWorktrees;
  let repository: Repository;
  let ran: string;
  beforeEach(async () => {
    git = await GitRepository.create();
    env = await gitBefore(git, asNewer);
    worktrees = new GitWorktrees(env);
    repository = await worktrees.recordRepository(await worktrees.repository(git.root));
    ran = join(git.folder, 'ran');
  });
  afterEach(() => git.dispose());

  const name = async (hook: string, event: string, command: string): Promise<void> => {
    await git.git('config', '--add', `hook.${hook}.event`, event);
    await git.git('config', `hook.${hook}.command`, command);
  };
  const told = (): Promise<string> => readFile(ran, 'utf8').catch(() => '');

  it('are what a merge needs a worktree for, by name, unless they are switched off', async () => {
    const attempt = join(git.folder, 'attempt');
    await git.git('worktree', 'add', '--quiet', '-b', 'attempt', attempt);
    await git.commit('one', '1\n', 'one', attempt);
    await git.commit('two', '2\n', 'two');
    const merges = new GitBranchMerges(env);
    const look = async (): Promise<readonly string[]> =>
      (await merges.look(repository, { branch: 'attempt', base: 'main' }, await worktrees.list(repository)))
        .needsWorktree;
    expect(await look()).toEqual([]);
    await name('sign.off', 'commit-msg', 'true');
    await name('sign.off', 'pre-merge-commit', 'true');
    await name('tell', 'post-merge', 'true');
    expect(await look()).toEqual(['the hook sign.off (pre-merge-commit)', 'the hook sign.off (commit-msg)']);
    await git.git('config', 'hook.sign.off.enabled', 'false');
    expect(await look()).toEqual([]);
  });

  it('are named where one of them fails, with a way past it', async () => {
    await name('fill', 'post-checkout', 'echo "error: no package manager" >&2; exit 3 #');
    const folder = join(git.folder, 'topic');
    const error: unknown = await worktrees
      .add(repository, { kind: 'new', branch: 'topic', base: 'main', folder })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: 'failed',
      message:
        'The hook post-checkout of repo failed in the new worktree, which was taken back: error: no package manager',
    });
    expect(error).toHaveProperty(
      'explanation',
      expect.stringContaining(`hook.fill of git's configuration. Without it: `),
    );
    const command = /Without it: git (.*)$/m.exec(String(Reflect.get(error as object, 'explanation')))?.[1] ?? '';
    await git.git(...command.split(' '));
    expect((await worktrees.list(repository)).map(({ branch }) => branch)).toEqual(['main', 'topic']);
  });

  it('wait for the claim of a spare, and run once then: what they run may be a part of the commit', async () => {
    for (const event of ['post-checkout', 'post-index-change', 'reference-transaction'])
      await git.write(`hooks/${event}`, `#!/bin/sh\necho ${event} >> ${ran}\n`);
    await git.git('add', '.');
    await git.git('commit', '--quiet', '-m', 'hooks');
    const tip = await git.git('rev-parse', 'HEAD');
    await name('fill', 'post-checkout', 'sh hooks/post-checkout');
    await name('also=true', 'post-checkout', `sh hooks/post-checkout`);
    await name('index', 'post-index-change', 'sh hooks/post-index-change');
    const id = '0123456789ab';
    const spares = new GitSpares(env);
    const spare = await spares.add(repository, {
      folder: join(git.folder, 'w', '_spare-1'),
      record: {
        ...{ version: 1, id, repositoryId: repository.id, commit: tip },
        ...{ state: 'making', has: 'checkout', digest: 'none', ignored: [] },
      },
    });
    expect(await told()).toBe('');
    await spares.claim(repository, spare, {
      ...{ folder: join(git.folder, 'w', 'topic'), branch: 'topic', commit: tip, without: [] },
      making: { id: 'ba9876543210', record: () => Promise.resolve() },
    });
    expect((await told()).match(/post-checkout/g)).toEqual(['post-checkout', 'post-checkout']);
  });

  it('are not run by what only reads', async () => {
    const folder = join(git.folder, 'topic');
    await git.git('worktree', 'add', '--quiet', '-b', 'topic', folder);
    await mkdir(join(folder, 'sub'));
    for (const event of ['post-checkout', 'post-index-change', 'reference-transaction'])
      await name(`of-${event}`, event, `echo ${event} >> ${ran} #`);
    const all = await worktrees.list(repository);
    // Looks changed by its times and is not: whoever may write the index would.
    for (const { path } of all) await writeFile(join(path, 'readme'), 'hello\n');
    await worktrees.statuses(all, () => undefined);
    const [, topic] = all;
    if (!topic) throw new Error('no worktree');
    expect(await worktrees.losses(repository, topic)).toEqual([]);
    await worktrees.remove(repository, topic, []);
    expect(await told()).toBe('');
  });
});
