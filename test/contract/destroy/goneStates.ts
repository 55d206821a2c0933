import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addSubmodule, clone, ignore, type Place, type State } from './state';

/** A commit of the worktree that its remote has, too. */
const pushed = async ({ git, folder }: Place): Promise<void> => {
  await git.commit('file', '', 'work', folder);
  await git.in(folder, 'push', '--quiet', '--set-upstream', 'origin', 'topic');
};

/** A clone in build/ whose commit its remote has, too, and that remote. */
const cloned = async (place: Place): Promise<{ readonly folder: string; readonly origin: string }> => {
  const origin = join(place.git.folder, 'origin.git');
  await ignore(place, 'build');
  const folder = await clone(place, 'build/clone');
  await place.git.commit('file', '', 'only here', folder);
  await place.git.in(folder, 'push', '--quiet', 'origin', 'main:elsewhere');
  return { folder, origin };
};

/** Nobody has what only a remote had that is gone. */
export const remotes: readonly State[] = [
  {
    name: 'a commit that was pushed to a remote that was taken away since',
    origin: true,
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: async (place) => {
      await pushed(place);
      await place.git.git('remote', 'remove', 'origin');
    },
  },
  {
    name: 'a commit that was pushed, to a remote that nobody reaches: what it had stays here, too',
    origin: true,
    losses: [],
    bring: async (place) => {
      await pushed(place);
      await rm(join(place.git.folder, 'origin.git'), { recursive: true });
    },
  },
  {
    name: 'a clone in build/ whose commits were pushed to a remote that was taken away since',
    origin: true,
    losses: ['nested'],
    says: { nested: /clone \(\d commits? that nobody else has\)/ },
    bring: async (place) => {
      const { folder } = await cloned(place);
      await place.git.in(folder, 'remote', 'remove', 'origin');
    },
  },
  {
    name: 'a clone in build/ whose commits were pushed to a remote whose folder is gone',
    origin: true,
    losses: ['nested'],
    says: { nested: /clone \(\d commits? that nobody else has\)/ },
    bring: async (place) => {
      const { origin } = await cloned(place);
      await rename(origin, `${origin}.gone`);
    },
  },
  {
    name: 'a clone in build/ whose remote is gone from its settings, and not what it knew of it',
    origin: true,
    losses: ['nested'],
    says: { nested: /clone \(\d commits? that nobody else has\)/ },
    bring: async (place) => {
      const { folder } = await cloned(place);
      await place.git.in(folder, 'config', '--remove-section', 'remote.origin');
    },
  },
  {
    name: 'a submodule whose commits were pushed to a remote whose folder is gone',
    origin: true,
    losses: ['submodule'],
    says: { submodule: /^lib: / },
    bring: async (place) => {
      await addSubmodule(place);
      await rename(join(place.git.folder, 'library'), join(place.git.folder, 'library.gone'));
    },
  },
  {
    name: 'a submodule whose remote is written as git submodule sync may write it: relative to its folder',
    origin: true,
    losses: [],
    bring: async (place) => {
      const lib = await addSubmodule(place);
      await place.git.in(lib, 'remote', 'set-url', 'origin', '../../../library');
      await place.git.in(lib, 'fetch', '--quiet');
    },
  },
  {
    name: 'a clone in build/ that fetches from a folder which is gone, and pushes elsewhere',
    origin: true,
    losses: [],
    bring: async (place) => {
      const { folder, origin } = await cloned(place);
      await place.git.in(folder, 'remote', 'set-url', '--push', 'origin', origin);
      await place.git.in(folder, 'remote', 'set-url', 'origin', `${origin}.gone`);
    },
  },
  {
    name: 'a clone in build/ that notes what its remote has under another name than that of the remote',
    origin: true,
    losses: [],
    bring: async (place) => {
      const { folder } = await cloned(place);
      await place.git.in(folder, 'push', '--quiet', 'origin', ':elsewhere', 'main:refs/pull/1/head');
      await place.git.in(folder, 'config', '--add', 'remote.origin.fetch', '+refs/pull/*/head:refs/remotes/pull/*');
      await place.git.in(folder, 'fetch', '--quiet', '--prune');
    },
  },
  {
    name: 'the same, and its remote is gone',
    origin: true,
    losses: ['nested'],
    says: { nested: /clone \(\d commits? that nobody else has\)/ },
    bring: async (place) => {
      const { folder, origin } = await cloned(place);
      await place.git.in(folder, 'config', '--add', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/pull/*');
      await place.git.in(folder, 'fetch', '--quiet');
      await rename(origin, `${origin}.gone`);
    },
  },
];
