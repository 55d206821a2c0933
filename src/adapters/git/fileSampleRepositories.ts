import { cp, lstat, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../core/errors';
import type { SampleRepositories } from '../../core/ports/sampleRepositories';
import { Git, gitFailed } from './program/git';

const name = 'coppice-sample';
/** Whoever has told git no name yet can commit here all the same. */
const author = { name: 'Coppice', email: 'sample@example.com' };

export class FileSampleRepositories implements SampleRepositories {
  readonly #git: Git;

  /** @param source the sample's files, which are copied @param env what git inherits: `process.env` */
  constructor(
    private readonly source: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#git = new Git(env);
  }

  async make(parent: string, signal?: AbortSignal): Promise<string> {
    const folder = join(resolve(parent), name);
    if (await this.#isThere(folder)) return folder;
    // Beside its place, so that it appears whole, and nobody's files are written over.
    const making = await mkdtemp(join(resolve(parent), `.${name}-`));
    try {
      const files = join(making, name);
      await cp(this.source, files, { recursive: true });
      const git = (...argv: string[]): Promise<string> => this.#git.run(files, argv, { trust: 'write', signal });
      await git('init', '--quiet', '--initial-branch=main');
      await git('add', '--all');
      const who = ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`, '-c', 'commit.gpgSign=false'];
      await git(...who, 'commit', '--quiet', '--no-verify', '--message', 'A page and an API');
      await rename(files, folder);
      return folder;
    } catch (error) {
      throw gitFailed(`The sample was not made in ${parent}`, error);
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }

  /** @throws conflict: what has its name is something else */
  async #isThere(folder: string): Promise<boolean> {
    const found = await lstat(folder).catch(() => undefined);
    if (!found) return false;
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '');
    const isRepository = (await lstat(join(folder, '.git')).catch(() => undefined)) !== undefined;
    if (found.isDirectory() && isRepository && manifest.includes(`"name": "${name}"`)) return true;
    throw new AppError('conflict', `${folder} is there and is not the sample: choose another folder for it.`);
  }
}
