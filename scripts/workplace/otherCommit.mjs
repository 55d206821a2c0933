// Another commit of this repository, built and packaged in a temporary worktree of its own: what the bench compares with.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm, mustRun, root } from './run.mjs';
import { step } from './say.mjs';

/** Who is ended while it builds removes what it has made. */
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @param {string} commit whatever git takes for one
 * @returns {Promise<{ folder: string, name: string, remove: () => void }>} `folder` has its dist/ and out/, `name` is its short
 *   hash. Rejects with a Stop when git knows no such commit or it cannot be built; then nothing is left of it.
 */
export async function otherCommit(commit) {
  const given = `${commit}^{commit}`;
  const orElse = `--against takes a commit of this repository, and "${commit}" is none`;
  const hash = (await mustRun('git', ['rev-parse', '--verify', '--end-of-options', given], { orElse })).trim();
  const name = hash.slice(0, 7);
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'coppice-against-')));
  const folder = join(temporary, 'coppice');
  const remove = () => {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    spawnSync('git', ['worktree', 'prune'], { cwd: root, stdio: 'ignore', windowsHide: true });
  };
  const onSignal = () => {
    remove();
    process.exit(130);
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await step(`Checking out ${name}`, () =>
      mustRun('git', ['worktree', 'add', '--quiet', '--detach', folder, hash], {
        orElse: `${name} is not checked out`,
      }),
    );
    // What it runs on is this clone's: its own Node.js, PostgreSQL and browsers are not needed for a build.
    await step(`Installing the dependencies of ${name}`, () =>
      npm(['ci', '--ignore-scripts'], { cwd: folder, orElse: `The dependencies of ${name} could not be installed` }),
    );
    await step(`Building ${name} and its package`, async () => {
      for (const script of ['build.mjs', 'package.mjs']) {
        const program = join(folder, 'scripts', script);
        await mustRun(process.execPath, [program], { cwd: folder, orElse: `${name} cannot be built` });
      }
    });
    return { folder, name, remove };
  } catch (error) {
    remove();
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
