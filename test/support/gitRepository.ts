import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The environment of git in tests: nobody's own settings, and dates that do not change. */
export function gitEnv(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return {
    ...inherited,
    HOME: folder,
    USERPROFILE: folder,
    XDG_CONFIG_HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C',
  };
}

/** A repository in a temporary folder, with one commit on `main` that has the file `readme`. */
export class GitRepository {
  private constructor(
    /** The temporary folder, real path: worktrees go here, beside the repository. */
    readonly folder: string,
    /** The main worktree. */
    readonly root: string,
  ) {}

  static async create(name = 'repo'): Promise<GitRepository> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-git-')));
    const repository = new GitRepository(folder, join(folder, name));
    await writeFile(
      join(folder, '.gitconfig'),
      '[user]\n\tname = Test\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n',
    );
    await mkdir(repository.root);
    await repository.git('init', '--quiet');
    await repository.commit('readme', 'hello\n', 'first');
    return repository;
  }

  get env(): NodeJS.ProcessEnv {
    return gitEnv(this.folder);
  }

  /** Runs git in the main worktree. @returns stdout without the white space at its end */
  git(...argv: string[]): Promise<string> {
    return this.in(this.root, ...argv);
  }

  /** Runs git in a folder. */
  async in(folder: string, ...argv: string[]): Promise<string> {
    const { stdout } = await run('git', argv, { cwd: folder, env: this.env, maxBuffer: 50_000_000 });
    return stdout.trimEnd();
  }

  /** Writes a file of a worktree, with its folders. @returns its path */
  async write(path: string, text: string, folder = this.root): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  /** Writes and commits a file. @returns the commit's id */
  async commit(path: string, text: string, message: string, folder = this.root): Promise<string> {
    await this.write(path, text, folder);
    await this.in(folder, 'add', '--force', '--', path);
    await this.in(folder, 'commit', '--quiet', '-m', message);
    return this.in(folder, 'rev-parse', 'HEAD');
  }

  /** A bare `origin` beside it that has all branches; `origin/HEAD` is set. */
  async addOrigin(): Promise<string> {
    const origin = join(this.folder, 'origin.git');
    await this.git('clone', '--quiet', '--bare', '.', origin);
    await this.git('remote', 'add', 'origin', origin);
    await this.git('fetch', '--quiet', 'origin');
    await this.git('remote', 'set-head', 'origin', '--auto');
    return origin;
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
