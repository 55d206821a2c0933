import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { GitRepository } from './gitRepository';

export const claimerId = 'ba9876543210';

/** A program that claims the spare of a repository for the branch `topic`, or takes back what another such was killed in; to be killed. */
export class Claimer {
  private constructor(
    /** Goes with it: for scripts that kill. */
    readonly folder: string,
    private readonly bundle: string,
  ) {}

  static async create(): Promise<Claimer> {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-claimer-'));
    const bundle = join(folder, 'claimer.mjs');
    await build({
      stdin: {
        contents: `
          import { GitSpares } from './src/adapters/git/gitSpares';
          import { GitWorktrees } from './src/adapters/git/gitWorktrees';
          const [root, folder, commit] = process.argv.slice(2);
          process.env.CLAIMER = String(process.pid);
          const worktrees = new GitWorktrees(process.env);
          const repository = await worktrees.repository(root);
          const spares = new GitSpares(process.env);
          if (folder === undefined) await worktrees.recover(repository);
          else {
            const [spare] = await spares.list(repository);
            const making = { id: '${claimerId}', record: async () => undefined };
            const request = { folder, branch: 'topic', commit, making, without: ['node_modules/.cache'] };
            await spares.claim(repository, spare, request);
          }
          console.log('done');`,
        resolveDir: resolve(import.meta.dirname, '../..'),
      },
      ...{ bundle: true, platform: 'node', format: 'esm', outfile: bundle },
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    return new Claimer(folder, bundle);
  }

  /** @returns whether it came to its end */
  claim(git: GitRepository, folder: string, commit: string, env: NodeJS.ProcessEnv): Promise<boolean> {
    return this.#run([git.root, folder, commit], { ...git.env, ...env });
  }

  /** @returns whether it came to its end */
  recover(git: GitRepository, env: NodeJS.ProcessEnv): Promise<boolean> {
    return this.#run([git.root], { ...git.env, ...env });
  }

  async #run(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
    const child = spawn(process.execPath, [this.bundle, ...argv], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    // Not until its pipes are closed: what it has started may live on.
    await new Promise((done) => child.once('exit', done));
    return output.includes('done');
  }

  dispose(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
