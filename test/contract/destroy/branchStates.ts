import { join } from 'node:path';
import { diverge, stopped, type Place, type State } from './state';

const addOther = ({ git }: Pick<Place, 'git'>): Promise<string> =>
  git.git('worktree', 'add', '--quiet', '--force', join(git.folder, 'other'), 'topic');

export const branches: readonly State[] = [
  {
    name: 'a commit that was undone by another, and main stood still',
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.in(folder, 'revert', '--no-edit', 'HEAD');
    },
  },
  {
    name: 'an empty commit',
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: ({ git, folder }) => git.in(folder, 'commit', '--quiet', '--allow-empty', '-m', 'Why it is so'),
  },
  {
    name: 'an empty commit after one that main took over',
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.git('cherry-pick', 'topic');
      await git.in(folder, 'commit', '--quiet', '--allow-empty', '-m', 'Why it is so');
    },
  },
  {
    name: 'commits that main has in another cut',
    losses: [],
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.commit('other', 'two\n', 'two', folder);
      await git.commit('file', 'one\n', 'both, and more');
      await git.commit('other', 'two\n', 'the second part');
      await git.commit('third', 'three\n', 'and on');
    },
  },
  {
    name: 'a commit and its revert, both of which main took over',
    losses: [],
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.in(folder, 'revert', '--no-edit', 'HEAD');
      await git.commit('before', '', 'before');
      await git.git('cherry-pick', 'topic~1', 'topic');
    },
  },
  {
    name: 'nothing but a merge of main, which was to be a commit',
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: async ({ git, folder }) => {
      await git.commit('before', '', 'before');
      await git.in(folder, 'merge', '--quiet', '--no-ff', '--no-edit', 'main');
    },
  },
  {
    name: 'a commit on a detached HEAD that was left',
    advises: /git branch NAME [0-9a-f]{10}/,
    losses: ['unpushed'],
    lossesWithBranch: ['unpushed'],
    says: { unpushed: /^[0-9a-f]{10} left$/ },
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await git.commit('file', '', 'left', folder);
      await git.in(folder, 'checkout', '--quiet', 'topic');
    },
  },
  {
    name: 'a commit on a detached HEAD that was left for another commit',
    keepsBranch: true,
    losses: ['unpushed'],
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await git.commit('file', '', 'left', folder);
      await git.in(folder, 'checkout', '--quiet', 'main~0');
    },
  },
  {
    name: 'a commit on a detached HEAD that was left, and picked onto main',
    losses: [],
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      const left = await git.commit('file', 'one\n', 'left', folder);
      await git.in(folder, 'checkout', '--quiet', 'topic');
      await git.commit('before', '', 'before');
      await git.git('cherry-pick', left);
    },
  },
  {
    name: 'a branch that another worktree has checked out, too',
    keepsBranch: true,
    origin: true,
    losses: [],
    bring: async ({ git, folder }) => {
      await addOther({ git });
      await git.commit('file', 'one\n', 'work', folder);
      await git.in(folder, 'push', '--quiet', 'origin', 'topic');
    },
    inTheWay: { take: ({ git }) => git.git('worktree', 'remove', '--force', join(git.folder, 'other')), put: addOther },
  },
  {
    name: 'a commit that was amended',
    origin: true,
    losses: [],
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'one', folder);
      await git.in(folder, 'commit', '--quiet', '--amend', '-m', 'better');
      await git.in(folder, 'push', '--quiet', 'origin', 'topic');
    },
  },
];

/** What only refs of the worktree itself lead to: git keeps those with it. */
export const ownRefs: readonly State[] = [
  {
    name: 'a commit on a detached HEAD that was left for a branch without a commit',
    keepsBranch: true,
    losses: ['unpushed', 'untracked'],
    says: { unpushed: /^[0-9a-f]{10} left$/ },
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await git.commit('file', '', 'left', folder);
      await git.in(folder, 'checkout', '--quiet', '--orphan', 'fresh');
      await git.in(folder, 'rm', '--quiet', '-r', '--cached', '.');
    },
  },
  {
    name: 'a commit on a detached HEAD that was left for a branch without a commit, which was left, too',
    losses: ['unpushed'],
    lossesWithBranch: ['unpushed'],
    says: { unpushed: /^[0-9a-f]{10} left$/ },
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await git.commit('file', '', 'left', folder);
      await git.in(folder, 'checkout', '--quiet', '--orphan', 'fresh');
      await git.in(folder, 'checkout', '--quiet', '--force', 'topic');
    },
  },
  {
    name: 'a commit that only a ref of the worktree itself has',
    losses: ['unpushed'],
    lossesWithBranch: ['unpushed'],
    says: { unpushed: /^[0-9a-f]{10} kept aside$/ },
    bring: async ({ git, folder }) => {
      const kept = await git.commit('file', 'one\n', 'kept aside', folder);
      await git.in(folder, 'update-ref', 'refs/worktree/mine', kept);
      await git.in(folder, 'reset', '--quiet', '--hard', 'HEAD~1');
    },
  },
  {
    name: "a stash of the worktree, which is the repository's and stays",
    losses: [],
    bring: async ({ git, folder }) => {
      await git.write('readme', 'precious', folder);
      await git.write('draft', 'precious', folder);
      await git.in(folder, 'stash', '--quiet', '--include-untracked');
    },
  },
  {
    name: 'a stash on a commit of the worktree',
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: async ({ git, folder }) => {
      await git.commit('file', 'one\n', 'work', folder);
      await git.write('file', 'precious', folder);
      await git.in(folder, 'stash', '--quiet');
    },
  },
];

export const operations: readonly State[] = [
  {
    name: 'a bisect between commits of its own',
    // While it goes on no branch is checked out.
    keepsBranch: true,
    origin: true,
    losses: ['operation'],
    says: { operation: /^bisect$/ },
    bring: async ({ git, folder }) => {
      for (const text of ['one', 'two', 'three', 'four']) await git.commit('file', `${text}\n`, text, folder);
      await git.in(folder, 'push', '--quiet', 'origin', 'topic');
      await git.in(folder, 'bisect', 'start', 'HEAD', 'main');
    },
  },
  {
    name: 'a bisect between commits that no branch has',
    keepsBranch: true,
    losses: ['unpushed', 'operation'],
    says: { unpushed: /^[0-9a-f]{10} \w+$/, operation: /^bisect$/ },
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      for (const text of ['one', 'two', 'three', 'four']) await git.commit('file', `${text}\n`, text, folder);
      await git.in(folder, 'bisect', 'start', 'HEAD', 'main');
    },
  },
  {
    name: 'changes that a rebase put aside',
    // While it goes on no branch is checked out.
    keepsBranch: true,
    losses: ['uncommitted', 'operation'],
    says: { uncommitted: /^readme \(autostash\)$|^same$/, operation: /^rebase$/ },
    bring: async (place) => {
      await diverge(place);
      await place.git.write('readme', 'precious', place.folder);
      await stopped(place.git.in(place.folder, 'rebase', '--quiet', '--autostash', 'main'));
      // What the conflict shows is no more than what both sides have.
      await place.git.in(place.folder, 'checkout', '--quiet', '--ours', 'same');
      await place.git.in(place.folder, 'add', 'same');
      await place.git.in(place.folder, 'reset', '--quiet', '--hard');
    },
  },
  {
    name: 'changes that a merge put aside',
    losses: ['uncommitted', 'unpushed', 'operation'],
    lossesWithBranch: ['uncommitted', 'operation'],
    says: { uncommitted: /^readme \(autostash\)$/, operation: /^merge$/ },
    bring: async (place) => {
      await diverge(place);
      await place.git.write('readme', 'precious', place.folder);
      await stopped(place.git.in(place.folder, 'merge', '--quiet', '--autostash', 'main'));
    },
  },
  {
    name: 'a sequence of cherry-picks between two of them',
    losses: ['unpushed', 'operation'],
    lossesWithBranch: ['operation'],
    says: { operation: /^cherry-pick$/ },
    bring: async (place) => {
      await diverge(place);
      await place.git.commit('after', '', 'after');
      await stopped(place.git.in(place.folder, 'cherry-pick', 'main~1', 'main'));
      await place.git.in(place.folder, 'add', 'same');
      await place.git.in(place.folder, 'commit', '--quiet', '-m', 'resolved by hand');
    },
  },
];
