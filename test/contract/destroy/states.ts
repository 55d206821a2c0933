import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { branches, operations, ownRefs } from './branchStates';
import { remotes } from './goneStates';
import { ignoredFiles } from './ignoredStates';
import { inClones, nested } from './nestedStates';
import { rarities } from './rareStates';
import { rebases } from './rebaseStates';
import { clone, ignore, repository, type State } from './state';
import { submodules } from './submoduleStates';

/** When a process started, in the system's words. */
const longAgo = process.platform === 'darwin' ? 'Mon Jan  1 00:00:00 2001' : '1';

const plain: readonly State[] = [
  { name: 'untouched', losses: [], bring: () => Promise.resolve() },
  { name: 'a changed file', losses: ['uncommitted'], bring: ({ git, folder }) => git.write('readme', 'x', folder) },
  { name: 'an untracked file', losses: ['untracked'], bring: ({ git, folder }) => git.write('a/b', 'x', folder) },
  {
    name: 'a commit',
    losses: ['unpushed'],
    lossesWithBranch: [],
    bring: ({ git, folder }) => git.commit('file', '', 'work', folder),
  },
  {
    name: 'rows of its own in the database',
    losses: ['database'],
    says: { database: /^notes \(2 rows\)$/ },
    bring: ({ written }) => Promise.resolve(written.set('wt_topic', [{ table: 'notes', rows: 2 }])),
  },
  {
    name: 'rows, files and commits',
    losses: ['uncommitted', 'untracked', 'unpushed', 'database'],
    lossesWithBranch: ['uncommitted', 'untracked', 'database'],
    bring: async ({ git, folder, written }) => {
      await git.commit('file', '', 'work', folder);
      await git.write('file', 'x', folder);
      await git.write('draft', 'x', folder);
      written.set('wt_topic', [{ table: 'notes', rows: 2 }]);
    },
  },
  {
    name: 'locked',
    losses: ['locked'],
    bring: ({ git, folder }) => git.git('worktree', 'lock', '--reason', 'on a stick', folder),
  },
  {
    name: 'locked by a session that ended',
    losses: [],
    bring: ({ git, folder }) => git.git('worktree', 'lock', '--reason', 'claude session topic (pid 999999999)', folder),
  },
  {
    name: "locked by a session whose process's number another has now",
    losses: [],
    bring: ({ git, folder }) =>
      git.git('worktree', 'lock', '--reason', `claude agent a (pid ${process.pid} start ${longAgo})`, folder),
  },
  {
    name: 'locked by a session that runs',
    losses: ['locked'],
    bring: ({ git, folder }) =>
      git.git('worktree', 'lock', '--reason', `claude session topic (pid ${process.pid})`, folder),
  },
  {
    name: 'a detached HEAD with a commit of its own',
    keepsBranch: true,
    advises: /git branch NAME [0-9a-f]{10}/,
    losses: ['unpushed'],
    says: { unpushed: /^[0-9a-f]{10} work$/ },
    bring: async ({ git, folder }) => {
      await git.in(folder, 'checkout', '--quiet', '--detach');
      await git.commit('file', '', 'work', folder);
    },
  },
  { name: 'a repository within', losses: ['nested'], bring: (place) => repository(place, 'inner') },
  {
    name: 'a repository within an ignored folder that holds nothing else',
    losses: ['nested'],
    bring: async (place) => {
      await ignore(place, '/work');
      await repository(place, 'work/inner');
    },
  },
  {
    name: 'a repository within an ignored folder, and a file beside it',
    losses: ['ignored', 'nested'],
    bring: async (place) => {
      await ignore(place, '/work');
      await repository(place, 'work/inner');
      await place.git.write('work/file', 'x', place.folder);
    },
  },
  {
    name: 'a bare repository in build/',
    losses: ['nested'],
    bring: async (place) => {
      await ignore(place, 'build');
      await place.git.git('clone', '--quiet', '--bare', '.', join(place.folder, 'build', 'bare.git'));
    },
  },
  {
    name: 'a clone in build/ that has nothing of its own',
    origin: true,
    losses: [],
    bring: async (place) => {
      await ignore(place, 'build');
      await clone(place, 'build/clone');
    },
  },
  {
    name: 'an inner worktree whose repository is gone',
    losses: ['nested'],
    bring: async (place) => {
      const other = join(place.git.folder, 'other');
      await mkdir(other);
      await place.git.in(other, 'init', '--quiet');
      await place.git.commit('file', '', 'one', other);
      await ignore(place, 'build');
      await place.git.in(other, 'worktree', 'add', '--quiet', '-b', 'inner', join(place.folder, 'build/wt'));
      await rm(other, { recursive: true });
    },
  },
  {
    name: 'a link to a repository elsewhere',
    losses: [],
    bring: async (place) => {
      const other = join(place.git.folder, 'other');
      await place.git.in(place.git.folder, 'init', '--quiet', other);
      await place.git.commit('file', '', 'one', other);
      await ignore(place, 'build');
      await mkdir(join(place.folder, 'build'));
      await symlink(other, join(place.folder, 'build', 'link'), 'junction');
    },
  },
  {
    name: 'its folder is gone',
    losses: [],
    bring: ({ folder }) => rm(folder, { recursive: true }),
  },
  {
    name: 'locked, and its folder is not there: its disk may come back',
    losses: ['locked'],
    says: { locked: /^on a stick$/ },
    bring: async ({ git, folder }) => {
      await git.git('worktree', 'lock', '--reason', 'on a stick', folder);
      await rm(folder, { recursive: true });
    },
  },
];

/** The cells of the matrix are these times the ways to delete. */
export const states: readonly State[] = [
  ...plain,
  ...nested,
  ...inClones,
  ...ignoredFiles,
  ...branches,
  ...ownRefs,
  ...rebases,
  ...operations,
  ...submodules,
  ...remotes,
  ...rarities,
];
