import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitBranchMerges } from '../../../src/adapters/git/gitBranchMerges';
import { GitBranchPushes } from '../../../src/adapters/git/gitBranchPushes';
import { GitRepositoryFiles } from '../../../src/adapters/git/gitRepositoryFiles';
import { GitSpares } from '../../../src/adapters/git/gitSpares';
import { GitWorktreeChanges } from '../../../src/adapters/git/gitWorktreeChanges';
import { GitWorktreeFacts } from '../../../src/adapters/git/gitWorktreeFacts';
import { GitWorktrees } from '../../../src/adapters/git/gitWorktrees';
import type { WorktreeStatus } from '../../../src/core/model';
import type { AppError } from '../../../src/core/errors';
import { GitRepository } from '../../support/gitRepository';

/** Everything that a user can set and that changes what git prints, as odd as it can be. `core.abbrev` is left out: ids may be short. */
const settings: Readonly<Record<string, string>> = {
  ...{ 'log.showSignature': 'true', 'log.decorate': 'full', 'log.abbrevCommit': 'true', 'log.date': 'relative' },
  ...{ 'log.follow': 'true', 'log.mailmap': 'false', 'log.showRoot': 'false', 'log.diffMerges': 'first-parent' },
  ...{ 'format.pretty': 'fuller', 'format.notes': 'true', 'notes.displayRef': 'refs/notes/*' },
  ...{ 'i18n.logOutputEncoding': 'ISO-8859-1', 'core.quotePath': 'true', 'core.pager': 'false', 'pager.log': 'true' },
  ...{ 'core.warnAmbiguousRefs': 'false', 'core.precomposeUnicode': 'false', 'core.splitIndex': 'true' },
  ...{ 'color.ui': 'always', 'color.status': 'always', 'color.diff': 'always', 'color.branch': 'always' },
  ...{ 'color.push': 'always', 'color.remote': 'always', 'color.advice': 'always', 'column.ui': 'always' },
  ...{ 'diff.noprefix': 'true', 'diff.mnemonicPrefix': 'true', 'diff.relative': 'true', 'diff.renames': 'copies' },
  ...{ 'diff.external': 'false', 'diff.orderFile': 'no-such-file', 'diff.submodule': 'log', 'diff.context': '0' },
  ...{
    'diff.suppressBlankEmpty': 'true',
    'diff.colorMoved': 'zebra',
    'diff.wordRegex': '.',
    'diff.statNameWidth': '3',
  },
  ...{ 'diff.dirstat': 'lines', 'diff.ignoreSubmodules': 'all', 'diff.autoRefreshIndex': 'false' },
  ...{ 'status.showUntrackedFiles': 'no', 'status.renames': 'copies', 'status.short': 'true', 'status.branch': 'true' },
  ...{ 'status.showStash': 'true', 'status.relativePaths': 'true', 'status.aheadBehind': 'false' },
  ...{ 'status.submoduleSummary': 'true', 'merge.conflictStyle': 'diff3', 'merge.log': 'true', 'merge.stat': 'true' },
  ...{ 'submodule.recurse': 'true', 'branch.sort': '-committerdate', 'tag.sort': '-refname', 'tag.gpgSign': 'true' },
  ...{ 'grep.lineNumber': 'true', 'grep.column': 'true', 'grep.fullName': 'true', 'blame.date': 'relative' },
  ...{ 'blame.showEmail': 'true', 'push.followTags': 'true', 'push.default': 'nothing', 'advice.detachedHead': 'true' },
  ...{ 'rebase.autoStash': 'true', 'checkout.guess': 'true', 'worktree.guessRemote': 'true', 'help.autoCorrect': '1' },
};
/** What answers for gpg: every signature is a good one, and says so at length. */
const gpg = `#!/bin/sh
for each; do [ "$each" = --verify ] && {
  echo "gpg: Signature made Mon 30 Nov 2026 10:00:00 AM UTC" >&2
  printf '\\n[GNUPG:] GOODSIG 0123456789ABCDEF Test\\n'
  exit 0
}; done
cat > /dev/null
printf '\\n[GNUPG:] SIG_CREATED D 1 8 00 1 0\\n' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'
`;

describe("what a user's settings change of git's output", () => {
  let git: GitRepository;
  let hostile: NodeJS.ProcessEnv;
  let topic: string;
  beforeEach(async () => {
    git = await GitRepository.create();
    const program = await git.write('gpg', gpg, git.folder);
    await chmod(program, 0o755);
    const file = join(git.folder, 'hostile');
    const own = await git.git('config', '--global', '--list', '--null');
    await writeFile(file, '');
    for (const entry of own.split('\0').filter((each) => each !== '')) {
      const [key = '', value = ''] = entry.split('\n');
      await git.git('config', '--file', file, key, value);
    }
    for (const [key, value] of Object.entries(settings)) await git.git('config', '--file', file, key, value);
    await git.git('config', '--file', file, 'core.fsmonitor', join(git.folder, 'no-such-monitor'));
    hostile = { ...git.env, GIT_CONFIG_GLOBAL: file };
    await git.git('config', 'gpg.program', program);
    await git.git('config', 'commit.gpgSign', 'true');
    await git.git('config', 'user.signingKey', 'x');
    await git.commit('ä/ö.txt', 'one\ntwo\n', 'Prüfen: “Erstes”');
    await git.commit('coppice.yaml', 'version: 1\n', 'file');
    await git.commit('.gitignore', 'ignored/\n', 'ignores');
    await git.addOrigin();
    // As if another branch were meant.
    await git.git('tag', 'topic');
    topic = join(git.folder, 'töpic');
    await git.git('worktree', 'add', '--quiet', '--track', '-b', 'topic', topic, 'origin/main');
    await git.commit('ä/neu.txt', 'neu\n', 'Zweites für später', topic);
    await git.in(topic, 'mv', 'ä/ö.txt', 'ä/ü.txt');
    await git.in(topic, 'commit', '--quiet', '-m', 'umbenannt');
    await git.commit('on-main', 'x\n', 'größer');
    await git.write('readme', 'mine\n', topic);
    await git.in(topic, 'stash', '--quiet');
    await git.write('readme', 'other\n', topic);
    await git.write('ü/untracked', 'u\n', topic);
    await mkdir(join(topic, 'ignored'));
    await writeFile(join(topic, 'ignored', 'i'), 'i');
  });
  afterEach(() => git.dispose());

  /** Each by what it is; all that anybody reads of a repository. */
  async function read(env: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
    const worktrees = new GitWorktrees(env);
    const repository = await worktrees.repository(topic);
    const all = await worktrees.list(repository);
    const [main, own] = all;
    if (!main || !own) throw new Error('no worktrees');
    const changes = new GitWorktreeChanges(env);
    const spares = new GitSpares(env);
    const common = (await changes.commonCommit(all)) ?? '';
    const statuses: Record<string, WorktreeStatus | AppError> = {};
    await worktrees.statuses(all, ({ path }, status) => void (statuses[path] = status));
    const spare = { worktree: own, record: undefined };
    const branches = { branch: 'topic', base: 'main' };
    return {
      ...{ repository, all, statuses, common, status: await worktrees.status(own) },
      branches: await worktrees.branches(repository),
      startPoint: await worktrees.startPoint(repository, 'topic'),
      file: await worktrees.fileAt(repository, own.head, 'ä/ü.txt'),
      kind: await worktrees.kindAt(repository, own.head, 'ä'),
      digest: await worktrees.filesDigest(repository, { folder: topic }, 'ä'),
      named: await worktrees.filesNamed(repository, { commit: own.head }, ['ü.txt']),
      ignored: await worktrees.ignoredFolders(own, ['ignored', 'ä']),
      losses: await worktrees.losses(repository, own),
      since: await changes.since(own, common),
      commits: await changes.commits(own, Date.UTC(2001)),
      look: await new GitBranchMerges(env).look(repository, branches, all),
      state: await new GitWorktreeFacts(env).branchState(repository, own),
      work: await spares.look(spare),
      fingerprint: await spares.fingerprint(spare),
      spareDigest: await spares.digest(repository, own.head, ['ä']),
      remote: await new GitBranchPushes(env).remoteOf(repository, 'topic'),
      files: await new GitRepositoryFiles(env).list(topic),
    };
  }

  it.skipIf(process.platform === 'win32')('is nothing of what is read of it', async () => {
    const { GIT_CONFIG_GLOBAL = '' } = hostile;
    const shown = await git.git('-c', `include.path=${GIT_CONFIG_GLOBAL}`, 'log', '--max-count=1', '--format=%s');
    expect(shown, 'that it would').toMatch(/gpg: Signature made/);
    expect(await read(hostile)).toEqual(await read(git.env));
  });
});
