import { join } from 'node:path';
import { addSubmodule, stopped, type State } from './state';

export const submodules: readonly State[] = [
  {
    name: 'a submodule with a changed, a staged and an untracked file',
    origin: true,
    losses: ['uncommitted'],
    says: { uncommitted: /^lib$/ },
    bring: async (place) => {
      const lib = await addSubmodule(place);
      await place.git.write('readme', 'precious', lib);
      await place.git.write('staged', 'precious', lib);
      await place.git.in(lib, 'add', 'staged');
      await place.git.write('draft', 'precious', lib);
    },
  },
  {
    name: 'a submodule with a commit that was not pushed',
    origin: true,
    losses: ['submodule', 'uncommitted'],
    says: { submodule: /^lib: in the library$/ },
    bring: async (place) => {
      await place.git.commit('file', '', 'in the library', await addSubmodule(place));
    },
  },
  {
    name: 'a submodule with an ignored .env',
    origin: true,
    losses: ['ignored'],
    says: { ignored: /^lib\/\.env$/ },
    bring: async (place) => {
      const lib = await addSubmodule(place);
      await place.git.write('modules/lib/info/exclude', '.env\n', place.gitDir);
      await place.git.write('.env', 'SECRET=1', lib);
    },
  },
  {
    name: 'a submodule with changes that a rebase put aside',
    origin: true,
    losses: ['uncommitted', 'submodule', 'operation'],
    says: { operation: /^rebase in lib$/ },
    bring: async (place) => {
      const { git } = place;
      const lib = await addSubmodule(place);
      await git.in(lib, 'checkout', '--quiet', '-b', 'mine');
      await git.commit('same', 'theirs\n', 'theirs', join(git.folder, 'library'));
      await git.in(lib, 'fetch', '--quiet');
      await git.commit('same', 'mine\n', 'mine', lib);
      await git.write('readme', 'precious', lib);
      await stopped(git.in(lib, 'rebase', '--quiet', '--autostash', 'origin/main'));
    },
  },
  {
    name: 'a submodule with a commit on a detached HEAD that was left',
    origin: true,
    losses: ['submodule'],
    says: { submodule: /^lib: left$/ },
    bring: async (place) => {
      const lib = await addSubmodule(place);
      await place.git.in(lib, 'checkout', '--quiet', '--detach');
      await place.git.commit('file', '', 'left', lib);
      await place.git.in(lib, 'checkout', '--quiet', '-');
      await place.git.in(lib, 'checkout', '--quiet', 'main');
    },
  },
  {
    name: 'a submodule with a stash',
    origin: true,
    losses: ['submodule'],
    bring: async (place) => {
      const lib = await addSubmodule(place);
      await place.git.write('readme', 'precious', lib);
      await place.git.in(lib, 'stash', '--quiet');
    },
  },
];
