import type { GitRepository } from '../../support/gitRepository';
import { clone, ignore, linked, type State } from './state';

const nestedHomes = ['build', 'node_modules', 'out/deep/er', '.cache', 'data', 'free'];
/** What git is told to ignore of them: all but `free`. */
const ignoredHomes = ['build', 'node_modules', 'out', '.cache', 'data'];

export const nested = nestedHomes.flatMap((home): State[] => [
  {
    name: `a clone in ${home}/ with the only copy of a commit`,
    origin: true,
    losses: ['nested'],
    says: { nested: /clone \(1 commit that nobody else has\)/ },
    bring: async (place) => {
      await ignore(place, ...ignoredHomes);
      await place.git.commit('file', '', 'only here', await clone(place, `${home}/clone`));
    },
  },
  {
    name: `another worktree in ${home}/ with uncommitted work`,
    losses: ['nested'],
    says: { nested: /a worktree of repo, 1 untracked file/ },
    bring: async (place) => {
      await ignore(place, ...ignoredHomes);
      await place.git.write('draft', 'x', await linked(place, `${home}/wt`));
    },
  },
]);

export const inClones = (
  [
    ['a stash', /1 stash/, (git, folder) => git.write('readme', 'x', folder).then(() => git.in(folder, 'stash', '-q'))],
    ['a changed file', /1 changed file/, (git, folder) => git.write('readme', 'x', folder)],
    [
      'a detached HEAD that was left',
      /1 commit that nobody else has/,
      async (git, folder) => {
        await git.in(folder, 'checkout', '--quiet', '--detach');
        await git.commit('file', '', 'left', folder);
        await git.in(folder, 'checkout', '--quiet', 'main');
      },
    ],
    [
      'an ignored key',
      /1 ignored file/,
      async (git, folder) => {
        await git.write('.git/info/exclude', '*.key\n', folder);
        await git.write('my.key', 'x', folder);
      },
    ],
  ] satisfies [string, RegExp, (git: GitRepository, folder: string) => Promise<unknown>][]
).map(([what, says, bring]): State => ({
  name: `a clone in node_modules/ with ${what}`,
  origin: true,
  losses: ['nested'],
  says: { nested: says },
  bring: async (place) => {
    await ignore(place, 'node_modules');
    await bring(place.git, await clone(place, 'node_modules/clone'));
  },
}));
