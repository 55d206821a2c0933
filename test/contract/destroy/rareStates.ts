import { lstat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../support/until';
import { addSubmodule, clone, ignore, type State } from './state';

/** What few repositories have, and each of them once lost something without a word. */
export const rarities: readonly State[] = [
  {
    name: 'a commit of a branch that has another name, too: a symbolic ref, which leads nowhere without it',
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: async ({ git, folder }) => {
      await git.commit('file', '', 'work', folder);
      await git.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/topic');
    },
  },
  {
    name: 'two clones in build/ that have what each of them has from the other',
    origin: true,
    losses: ['nested'],
    says: { nested: /^build\/(?:one|two) \(\d+ commits? that nobody else has\)$/ },
    bring: async (place) => {
      await ignore(place, 'build');
      const one = await clone(place, 'build/one');
      const two = join(place.folder, 'build/two');
      await place.git.commit('file', '', 'only here', one);
      await place.git.in(place.folder, 'clone', '--quiet', one, two);
      await place.git.in(one, 'remote', 'set-url', 'origin', two);
      await place.git.in(one, 'fetch', '--quiet');
    },
  },
  {
    name: 'a clone in build/ that has a worktree elsewhere',
    origin: true,
    losses: ['nested'],
    says: { nested: /^build\/clone \(the repository of the worktree .*outside\)$/ },
    bring: async (place) => {
      await ignore(place, 'build');
      const inner = await clone(place, 'build/clone');
      await place.git.in(inner, 'worktree', 'add', '--quiet', '-b', 'other', join(place.git.folder, 'outside'));
    },
  },
  {
    name: 'a submodule that has a worktree elsewhere',
    origin: true,
    losses: ['submodule'],
    says: { submodule: /^lib: the repository of the worktree .*outside$/ },
    bring: async (place) => {
      const lib = await addSubmodule(place);
      await place.git.in(lib, 'worktree', 'add', '--quiet', '--detach', join(place.git.folder, 'outside'));
    },
  },
  {
    name: 'a change that left size and time as they were, where git is told to look at nothing else',
    losses: ['uncommitted'],
    says: { uncommitted: /^readme$/ },
    bring: async ({ git, folder }) => {
      await git.git('config', 'core.checkStat', 'minimal');
      await git.git('config', 'core.trustctime', 'false');
      const file = join(folder, 'readme');
      // Before the index was written: what is younger git reads anyway.
      await utimes(file, 1_700_000_000, 1_700_000_000);
      await git.in(folder, 'update-index', '--refresh');
      const second = async (): Promise<number> => Math.floor((await lstat(file)).ctimeMs / 1000);
      const known = await second();
      // Most builds of git compare seconds.
      await until(async () => {
        await git.write('readme', 'jello\n', folder);
        await utimes(file, 1_700_000_000, 1_700_000_000);
        return (await second()) > known;
      });
    },
  },
  {
    name: 'a merge of notes whose conflict is being resolved',
    losses: ['operation'],
    says: { operation: /^merge of notes$/ },
    bring: async ({ git, folder }) => {
      await git.in(folder, 'notes', 'add', '--message', 'one');
      await git.in(folder, 'notes', '--ref=other', 'add', '--message', 'two');
      const end: unknown = await git.in(folder, 'notes', 'merge', 'other').catch((error: unknown) => error);
      if (!(end instanceof Error && /conflict/i.test(Object.values(end).join()))) throw end;
    },
  },
];
