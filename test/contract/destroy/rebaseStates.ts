import { diverge, stopped, type Place, type State } from './state';

/** On a detached HEAD that stands on where main was, with `topic` and main gone on since. */
const apart = async ({ git, folder }: Place): Promise<string> => {
  await git.commit('file', 'one\n', 'on the branch', folder);
  await git.in(folder, 'checkout', '--quiet', '--detach', 'main');
  const left = await git.commit('other', 'two\n', 'left', folder);
  await git.commit('third', 'three\n', 'main side');
  return left;
};

const isTold = { unpushed: /^[0-9a-f]{10} left$/ };

/** What a rebase leaves that begins with a switch: git writes down no switch. */
export const rebases: readonly State[] = [
  ...[['rebase'], ['rebase', '--apply']].map((argv): State => ({
    name: `a commit on a detached HEAD that "git ${argv.join(' ')} main topic" has left`,
    advises: /git branch NAME [0-9a-f]{10}/,
    losses: ['unpushed'],
    lossesWithBranch: ['unpushed'],
    says: isTold,
    bring: async (place) => {
      await apart(place);
      await place.git.in(place.folder, ...argv, '--quiet', 'main', 'topic');
    },
  })),
  {
    name: 'a commit on a detached HEAD that a rebase of a branch has left which had nothing to be rebased',
    losses: ['unpushed'],
    lossesWithBranch: ['unpushed'],
    says: isTold,
    bring: async (place) => {
      const { git, folder } = place;
      await apart(place);
      await git.git('branch', '--force', 'topic', 'main');
      await git.in(folder, 'rebase', '--quiet', 'main', 'topic');
    },
  },
  {
    name: 'a commit on a detached HEAD that a rebase has left which was aborted',
    losses: ['unpushed'],
    lossesWithBranch: ['unpushed'],
    says: { unpushed: /^[0-9a-f]{10} left$|^topic side$/ },
    bring: async (place) => {
      const { git, folder } = place;
      await diverge(place);
      await git.in(folder, 'checkout', '--quiet', '--detach', 'topic~1');
      await git.commit('other', 'two\n', 'left', folder);
      await stopped(git.in(folder, 'rebase', '--quiet', 'main', 'topic'));
      await git.in(folder, 'rebase', '--abort');
    },
  },
  {
    name: 'a commit on a detached HEAD that a rebase under way has left',
    // While it goes on no branch is checked out.
    keepsBranch: true,
    losses: ['uncommitted', 'unpushed', 'operation'],
    says: { ...isTold, operation: /^rebase$/ },
    bring: async (place) => {
      const { git, folder } = place;
      await diverge(place);
      await git.in(folder, 'checkout', '--quiet', '--detach', 'topic~1');
      await git.commit('other', 'two\n', 'left', folder);
      await stopped(git.in(folder, 'rebase', '--quiet', 'main', 'topic'));
    },
  },
  {
    name: 'a commit on a detached HEAD whose own rebase is under way',
    keepsBranch: true,
    losses: ['uncommitted', 'unpushed', 'operation'],
    says: { unpushed: /^[0-9a-f]{10} topic side$/, operation: /^rebase$/ },
    bring: async (place) => {
      const { git, folder } = place;
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await diverge(place);
      await stopped(git.in(folder, 'rebase', '--quiet', 'main'));
    },
  },
  {
    name: 'a commit on a detached HEAD that a program has left which writes HEAD itself',
    losses: ['unpushed'],
    lossesWithBranch: ['unpushed'],
    says: isTold,
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await git.commit('other', 'two\n', 'left', folder);
      await git.in(folder, 'symbolic-ref', 'HEAD', 'refs/heads/topic');
      await git.in(folder, 'reset', '--quiet', '--hard');
      await git.in(folder, 'commit', '--quiet', '--amend', '--allow-empty', '-m', 'first');
      await git.git('merge', '--quiet', '--no-edit', '--allow-unrelated-histories', 'topic');
    },
  },
  {
    name: 'a branch that was rebased, with a conflict that was resolved, pushed and called otherwise then',
    origin: true,
    keepsBranch: true,
    losses: [],
    bring: async (place) => {
      const { git, folder } = place;
      await diverge(place);
      await stopped(git.in(folder, 'rebase', '--quiet', 'main'));
      await git.write('same', 'both\n', folder);
      await git.in(folder, 'add', 'same');
      await git.in(folder, '-c', 'core.editor=true', 'rebase', '--continue');
      await git.in(folder, 'branch', '-m', 'topic', 'better');
      await git.in(folder, 'push', '--quiet', 'origin', 'better');
    },
  },
  {
    name: 'a rebase of the branch that was aborted, and its commit amended and pushed since',
    origin: true,
    losses: [],
    bring: async (place) => {
      const { git, folder } = place;
      await diverge(place);
      await stopped(git.in(folder, 'rebase', '--quiet', 'main'));
      await git.in(folder, 'rebase', '--abort');
      await git.in(folder, 'commit', '--quiet', '--amend', '-m', 'better');
      await git.in(folder, 'push', '--quiet', 'origin', 'topic');
    },
  },
  {
    name: 'a commit on a detached HEAD that was rebased itself, and pushed',
    origin: true,
    keepsBranch: true,
    losses: [],
    bring: async (place) => {
      const { git, folder } = place;
      await apart(place);
      await git.in(folder, 'rebase', '--quiet', 'main');
      await git.in(folder, 'push', '--quiet', 'origin', 'HEAD:refs/heads/elsewhere');
    },
  },
];
