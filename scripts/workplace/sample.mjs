// The sample repository "fibonacci": made from scripts/sample/fibonacci with a short history, a bare origin beside it, and
// the packages that its services need one level above all of its worktrees.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cleanEnvironment, mustRun, root, run } from './run.mjs';
import { Stop, step } from './say.mjs';

const files = join(root, 'scripts', 'sample', 'fibonacci');

/** Each commit and the files that come with it. */
const history = [
  {
    message: 'Compute fibonacci numbers',
    paths: ['README.md', 'package.json', '.gitignore', '.gitattributes', 'backend/fibonacci.js'],
  },
  { message: 'Keep visits and numbers in a database', paths: ['db', 'backend/database.js'] },
  { message: 'Serve them, and compute the next ones in a worker', paths: ['backend'] },
  { message: 'Show it all on one page', paths: ['frontend'] },
  { message: 'Say what an environment consists of', paths: ['coppice.yaml'] },
];

/** A branch that exists on origin only: the same answers, half a second later. */
const slowQuery = {
  branch: 'feature/slow-query',
  message: 'Count all numbers for each page: slow, and on purpose',
  file: 'backend/database.js',
  from: "'SELECT n, value::text AS value, computed_at FROM numbers ORDER BY n DESC LIMIT $1'",
  to: "'SELECT n, value::text AS value, computed_at FROM numbers, pg_sleep(0.5) ORDER BY n DESC LIMIT $1'",
};

/**
 * Makes the sample where it is missing; what is there is left as it is.
 * @param {string} place a folder that becomes the sample's own: it holds the repository, its origin and its packages
 * @returns {Promise<string>} the repository's folder
 */
export async function ensureSample(place) {
  const repository = join(place, 'fibonacci');
  if (existsSync(repository) && !existsSync(join(repository, '.git'))) {
    throw new Stop(`${repository} exists and is no git repository: choose another place with --dir <folder>.`);
  }
  await mkdir(place, { recursive: true });
  await ensurePackages(join(place, 'node_modules'));
  if (existsSync(repository)) return repository;
  await step(`Making the sample repository ${repository}`, () => makeRepository(place, repository));
  return repository;
}

/**
 * Makes everything in a folder beside and moves it into place when it is whole.
 * @param {string} place
 * @param {string} repository
 */
async function makeRepository(place, repository) {
  const making = await mkdtemp(join(place, '.making-'));
  const work = join(making, 'fibonacci');
  const origin = join(place, 'fibonacci.git');
  const newOrigin = join(making, 'fibonacci.git');
  try {
    await mkdir(work);
    await git(work, ['init', '--quiet', '--initial-branch=main']);
    await git(making, ['init', '--quiet', '--bare', '--initial-branch=main', newOrigin]);
    for (const { message, paths } of history) {
      for (const path of paths) await cp(join(files, path), join(work, path), { recursive: true });
      await commit(work, message);
    }
    await git(work, ['remote', 'add', 'origin', newOrigin]);
    await git(work, ['push', '--quiet', '--set-upstream', 'origin', 'main']);

    await git(work, ['switch', '--quiet', '--create', slowQuery.branch]);
    const file = join(work, slowQuery.file);
    const text = await readFile(file, 'utf8');
    if (!text.includes(slowQuery.from)) throw new Error(`${slowQuery.file} of the sample has no query to slow down`);
    await writeFile(file, text.replace(slowQuery.from, slowQuery.to));
    await commit(work, slowQuery.message);
    await git(work, ['push', '--quiet', 'origin', slowQuery.branch]);
    await git(work, ['switch', '--quiet', 'main']);
    await git(work, ['branch', '--quiet', '-D', slowQuery.branch]);
    await git(work, ['remote', 'set-head', 'origin', 'main']);

    await git(work, ['remote', 'set-url', 'origin', origin]);
    if ((await run('git', ['config', 'user.email'], { cwd: work, env: gitEnvironment() })).code !== 0) {
      // Whoever has told git no name yet can commit here all the same.
      await git(work, ['config', 'user.name', 'Fibonacci']);
      await git(work, ['config', 'user.email', 'fibonacci@example.com']);
    }
    await rm(origin, { recursive: true, force: true });
    await rename(newOrigin, origin);
    await rename(work, repository);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** @returns {NodeJS.ProcessEnv} */
function gitEnvironment() {
  const env = cleanEnvironment();
  // A hook or a git command around us must not make its repository ours.
  for (const name of Object.keys(env))
    if (/^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX)$/.test(name)) delete env[name];
  return env;
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
async function git(cwd, args) {
  await mustRun('git', args, { cwd, env: gitEnvironment(), orElse: 'The sample repository could not be made' });
}

/**
 * @param {string} cwd
 * @param {string} message
 */
async function commit(cwd, message) {
  const name = ['-c', 'user.name=Fibonacci', '-c', 'user.email=fibonacci@example.com', '-c', 'commit.gpgSign=false'];
  await git(cwd, ['-c', 'core.autocrlf=false', 'add', '--all']);
  await git(cwd, [...name, 'commit', '--quiet', '--no-verify', '--message', message]);
}

/**
 * Copies `pg` and what it needs from this clone: Node.js looks for packages in the folders above, so every worktree
 * beside the repository finds them without an install.
 * @param {string} folder
 */
async function ensurePackages(folder) {
  const names = new Set(['pg']);
  for (const name of names) {
    const from = join(root, 'node_modules', name);
    const manifest = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'));
    for (const needed of Object.keys(manifest.dependencies ?? {})) names.add(needed);
    const to = join(folder, name);
    const present = await readFile(join(to, 'package.json'), 'utf8').catch(() => undefined);
    if (present !== undefined && JSON.parse(present).version === manifest.version) continue;
    await rm(to, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to, { recursive: true, dereference: true });
  }
}
