import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableChanges } from '../../../src/core/databaseChanges';
import type { Loss } from '../../../src/core/errors';
import type { GitRepository } from '../../support/gitRepository';

/** A worktree of the branch `topic` that Coppice made, with its environment. */
export interface Place {
  readonly git: GitRepository;
  readonly folder: string;
  readonly gitDir: string;
  /** By database: what was written to it since it was cloned. */
  readonly written: Map<string, readonly TableChanges[]>;
}

/** What a worktree was brought to, and what a delete of it with its branch then loses: `[]` means that it goes without a word. */
export interface State {
  readonly name: string;
  readonly bring: (place: Place) => Promise<unknown>;
  readonly losses: readonly Loss['kind'][];
  /** What an example of the loss of that kind says. */
  readonly says?: Partial<Record<Loss['kind'], RegExp>>;
  /** When the branch is kept, if that makes a difference. */
  readonly lossesWithBranch?: readonly Loss['kind'][];
  /** What the explanation says to do. */
  readonly advises?: RegExp;
  /** The branch is none that goes with the worktree as it is now. */
  readonly keepsBranch?: boolean;
  /** There is a remote `origin`. */
  readonly origin?: boolean;
}

const ignore = ({ git }: Place, ...patterns: string[]): Promise<string> =>
  git.write('info/exclude', `${patterns.join('\n')}\n`, join(git.root, '.git'));

const repository = async ({ git, folder }: Place, path: string): Promise<string> => {
  await git.in(folder, 'init', '--quiet', path);
  await git.commit('file', '', 'inner work', join(folder, path));
  return join(folder, path);
};

/** A clone of the repository's own origin, with nothing of its own. */
const clone = async ({ git, folder }: Place, path: string): Promise<string> => {
  await git.in(folder, 'clone', '--quiet', join(git.folder, 'origin.git'), path);
  return join(folder, path);
};

const linked = async ({ git, folder }: Place, path: string): Promise<string> => {
  await git.git('worktree', 'add', '--quiet', '-b', 'inner', join(folder, path));
  return join(folder, path);
};

const addSubmodule = async ({ git, folder }: Place): Promise<string> => {
  const library = join(git.folder, 'library');
  await git.git('clone', '--quiet', '.', library);
  await git.in(folder, 'submodule', '--quiet', 'add', library, 'lib');
  await git.in(folder, 'commit', '--quiet', '-m', 'Add the library');
  await git.in(folder, 'push', '--quiet', 'origin', 'topic');
  return join(folder, 'lib');
};

/** Two lines of history that both change `same`, which `main` has too. */
const diverge = async ({ git, folder }: Place, inFolder = folder, upstream = git.root): Promise<void> => {
  await git.commit('same', 'main\n', 'main side', upstream);
  await git.commit('same', 'topic\n', 'topic side', inFolder);
};

const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);

const nestedHomes = ['build', 'node_modules', 'out/deep/er', '.cache', 'data', 'free'];
/** What git is told to ignore of them: all but `free`. */
const ignoredHomes = ['build', 'node_modules', 'out', '.cache', 'data'];

const nested = nestedHomes.flatMap((home): State[] => [
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

const inClones = (
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

const ignoredPatterns = [
  ...['out', 'dist', 'build', 'target', 'venv', 'node_modules', '.next', 'coverage', 'test-results'],
  ...['*.swp', '*.log'],
];

const ignoredFiles = (
  [
    ['a key in out/ alone', ['ignored'], { 'out/signing.key': 'secret' }],
    [
      'a key beside what a bundler wrote',
      ['ignored'],
      { 'dist/a.js': 'x', 'dist/a.js.map': '{}', 'dist/tls.pem': 'k' },
    ],
    ['a draft in build/ alone', ['ignored'], { 'build/plan.md': 'x' }],
    ['an editor swap file', ['ignored'], { '.a.txt.swp': 'b0VIM' }],
    ['a draft in node_modules/', ['ignored'], { 'node_modules/plan.md': 'x', 'node_modules/a/package.json': '{}' }],
    ['a folder of drafts in node_modules/', ['ignored'], { 'node_modules/mine/plan.md': 'x' }],
    ['a folder of drafts that is called so', ['ignored'], { 'target/plan/one.md': 'x' }],
    ['empty files in out/', [], { 'out/one': '', 'out/two.txt': '' }],
    ['a copy of a committed file in build/', [], { 'build/README': 'hello\n' }],
    ['what a bundler wrote', [], { 'dist/a.js': 'x', 'dist/robots.txt': 'y', 'dist/img/logo.png': 'z' }],
    ['what Cargo wrote', [], { 'target/CACHEDIR.TAG': 'x', 'target/debug/app': 'y', 'target/debug/test.pem': 'z' }],
    ['what CMake wrote', [], { 'build/CMakeCache.txt': 'x', 'build/Makefile': 'y', 'build/app': 'z' }],
    ['what Maven wrote', [], { 'target/classes/A.class': 'x', 'target/surefire-reports/A.txt': 'y' }],
    ['a virtual environment', [], { 'venv/pyvenv.cfg': 'x', 'venv/lib/certifi/cacert.pem': 'y' }],
    [
      'packages with test keys',
      [],
      { 'node_modules/a/package.json': '{}', 'node_modules/a/test.key': 'x', 'node_modules/.package-lock.json': 'y' },
    ],
    [
      'a page that Next.js made',
      [],
      { '.next/BUILD_ID': 'x', '.next/standalone/.env': 'y', '.next/cache/1.pack': 'z' },
    ],
    ['what a test run left', [], { 'coverage/lcov.info': 'x', 'test-results/a/trace.zip': 'y', 'npm.log': 'z' }],
  ] satisfies [string, Loss['kind'][], Record<string, string>][]
).map(([what, losses, files]): State => ({
  name: `ignored: ${what}`,
  losses,
  bring: async (place) => {
    await ignore(place, ...ignoredPatterns);
    for (const [path, text] of Object.entries(files)) await place.git.write(path, text, place.folder);
  },
}));

const branches: readonly State[] = [
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

const operations: readonly State[] = [
  {
    name: 'changes that a rebase put aside',
    // While it goes on no branch is checked out.
    keepsBranch: true,
    losses: ['uncommitted', 'operation'],
    says: { uncommitted: /^readme \(autostash\)$|^same$/, operation: /^rebase$/ },
    bring: async (place) => {
      await diverge(place);
      await place.git.write('readme', 'precious', place.folder);
      await quietly(place.git.in(place.folder, 'rebase', '--quiet', '--autostash', 'main'));
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
    says: { operation: /^merge$/ },
    bring: async (place) => {
      await diverge(place);
      await place.git.write('readme', 'precious', place.folder);
      await quietly(place.git.in(place.folder, 'merge', '--quiet', '--autostash', 'main'));
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
      await quietly(place.git.in(place.folder, 'cherry-pick', 'main~1', 'main'));
      await place.git.in(place.folder, 'add', 'same');
      await place.git.in(place.folder, 'commit', '--quiet', '-m', 'resolved by hand');
    },
  },
];

const submodules: readonly State[] = [
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
      await quietly(git.in(lib, 'rebase', '--quiet', '--autostash', 'origin/main'));
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
    bring: ({ git, folder }) =>
      git.git('worktree', 'lock', '--reason', 'claude session topic (pid 999999999 start 123)', folder),
  },
  {
    name: "locked by a session whose process's number another has now",
    losses: [],
    bring: ({ git, folder }) =>
      git.git('worktree', 'lock', '--reason', `claude agent a (pid ${process.pid} start 1)`, folder),
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
];

/** The cells of the matrix are these times the ways to delete. */
export const states: readonly State[] = [
  ...plain,
  ...nested,
  ...inClones,
  ...ignoredFiles,
  ...branches,
  ...operations,
  ...submodules,
];
