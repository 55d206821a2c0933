import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { Repository } from '../../../src/core/model';
import type { SpareRecord } from '../../../src/core/ports/spares';
import { GitRepository } from '../../support/gitRepository';

/*
 * A git of before 2.31, as a script before the one that is there: its list says of no lock, and it knows neither `-z` of a list (2.36), nor
 * `--reason` (2.33), nor `git hook` (2.36).
 */
const id = '0123456789ab';

let git: GitRepository;
let worktrees: GitWorktrees;
let spares: GitSpares;
let repository: Repository;
let tip: string;
beforeEach(async () => {
  git = await GitRepository.create();
  const tools = join(git.folder, 'tools');
  const real = `PATH=${JSON.stringify(git.env['PATH'])} git`;
  const script = `#!/bin/sh
case " $* " in
  *" worktree list "*" -z "* | *" worktree add "*" --reason "*) echo "usage: git worktree" >&2; exit 129 ;;
  *" hook run "*) echo "git: 'hook' is not a git command. See 'git --help'." >&2; exit 1 ;;
  *" reset --hard "*) [ ! -e ${git.folder}/fails ] || exit 1 ;;
  *" worktree add "*) ${real} "$@"; status=$?; [ ! -e ${git.folder}/dies ] || mv ${git.folder}/dies ${git.folder}/died; exit $status ;;
  *" worktree list "*) [ ! -e ${git.folder}/died ] || { rm ${git.folder}/died; exit 1; }
    ${real} "$@" | sed -e '/^locked/d' -e '/^prunable/d'; exit ;;
esac
${real} "$@"
`;
  await mkdir(tools);
  await writeFile(join(tools, 'git'), script, { mode: 0o755 });
  const env = { ...git.env, PATH: `${tools}:${git.env['PATH'] ?? ''}` };
  worktrees = new GitWorktrees(env);
  spares = new GitSpares(env);
  repository = await worktrees.recordRepository(await worktrees.repository(git.root));
  tip = await git.git('rev-parse', 'HEAD');
});
afterEach(() => git.dispose());

const home = (): string => join(git.folder, 'w', '_spare-1');
const record = (): SpareRecord => ({
  ...{ version: 1, id, repositoryId: repository.id, commit: tip },
  ...{ state: 'making', has: 'checkout', digest: 'none', ignored: [] },
});

describe.skipIf(process.platform === 'win32')('with an old git', () => {
  it('a spare is one, and none of the list: whoever fills a pool would make one after the other', async () => {
    await spares.add(repository, { folder: home(), record: record() });
    expect((await spares.list(repository)).map(({ worktree }) => worktree.spare)).toEqual([id]);
    expect(await worktrees.list(repository)).toHaveLength(1);
  });

  it('nothing is left of a spare that is not made', async () => {
    await writeFile(join(git.folder, 'fails'), '');
    await expect(spares.add(repository, { folder: home(), record: record() })).rejects.toThrow(/was not made/);
    expect(await git.git('worktree', 'list', '--porcelain')).not.toContain('_spare');
    expect(await readdir(join(git.folder, 'w'))).toEqual([]);
  });

  it('nothing is left of one that is cut off before git’s own lock is ours', async () => {
    await writeFile(join(git.folder, 'dies'), '');
    await expect(spares.add(repository, { folder: home(), record: record() })).rejects.toThrow(/was not made/);
    expect(await git.git('worktree', 'list', '--porcelain')).not.toContain('_spare');
    expect(await readdir(join(git.folder, 'w'))).toEqual([]);
  });

  it('a worktree is made, and the lock that somebody put on it is told', async () => {
    const folder = join(git.folder, 'w', 'topic');
    await worktrees.add(repository, { kind: 'new', branch: 'topic', base: 'main', folder });
    await git.git('worktree', 'lock', '--reason', 'on a disk of mine', folder);
    expect((await worktrees.list(repository))[1]).toMatchObject({ path: folder, locked: 'on a disk of mine' });
  });
});
