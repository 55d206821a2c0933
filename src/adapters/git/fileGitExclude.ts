import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import type { Repository } from '../../core/model';
import type { GitExclude } from '../../core/ports/gitExclude';
import { Git } from './program/git';
import { ignoredAmong } from './files/ignoredAmong';

const mark = '# written by "coppice connect"';

export class FileGitExclude implements GitExclude {
  readonly #git: Git;

  /** @param env what git inherits: `process.env` */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  async isShown({ root }: Repository, path: string, signal?: AbortSignal): Promise<boolean> {
    return !(await ignoredAmong(this.#git, root, [path], signal)).has(path);
  }

  async add(repository: Repository, path: string): Promise<void> {
    const text = await read(fileOf(repository));
    const begin = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    await mkdir(dirname(fileOf(repository)), { recursive: true });
    await writeFileAtomically(fileOf(repository), begin + linesOf(path), 0o644);
  }

  async remove(repository: Repository, path: string): Promise<boolean> {
    const text = await read(fileOf(repository));
    if (!text.includes(linesOf(path))) return false;
    await writeFileAtomically(fileOf(repository), text.replace(linesOf(path), ''), 0o644);
    return true;
  }
}

function fileOf({ commonDir }: Repository): string {
  return join(commonDir, 'info', 'exclude');
}

function linesOf(path: string): string {
  return `${mark}\n/${path}\n`;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
