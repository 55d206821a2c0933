import { join } from 'node:path';
import type { TableChanges } from '../../../src/core/databases/databaseChanges';
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
  /** What an undo is refused for as long as it is there. */
  readonly inTheWay?: {
    readonly take: (place: Place) => Promise<unknown>;
    readonly put: (place: Place) => Promise<unknown>;
  };
  /** There is a remote `origin`. */
  readonly origin?: boolean;
}

export const ignore = ({ git }: Place, ...patterns: string[]): Promise<string> =>
  git.write('info/exclude', `${patterns.join('\n')}\n`, join(git.root, '.git'));

export const repository = async ({ git, folder }: Place, path: string): Promise<string> => {
  await git.in(folder, 'init', '--quiet', path);
  await git.commit('file', '', 'inner work', join(folder, path));
  return join(folder, path);
};

/** A clone of the repository's own origin, with nothing of its own. */
export const clone = async ({ git, folder }: Place, path: string): Promise<string> => {
  await git.in(folder, 'clone', '--quiet', join(git.folder, 'origin.git'), path);
  return join(folder, path);
};

export const linked = async ({ git, folder }: Place, path: string): Promise<string> => {
  await git.git('worktree', 'add', '--quiet', '-b', 'inner', join(folder, path));
  return join(folder, path);
};

export const addSubmodule = async ({ git, folder }: Place): Promise<string> => {
  const library = join(git.folder, 'library');
  await git.git('clone', '--quiet', '.', library);
  await git.in(folder, 'submodule', '--quiet', 'add', library, 'lib');
  await git.in(folder, 'commit', '--quiet', '-m', 'Add the library');
  await git.in(folder, 'push', '--quiet', 'origin', 'topic');
  return join(folder, 'lib');
};

/** Two lines of history that both change `same`, which `main` has too. */
export const diverge = async ({ git, folder }: Place, inFolder = folder, upstream = git.root): Promise<void> => {
  await git.commit('same', 'main\n', 'main side', upstream);
  await git.commit('same', 'topic\n', 'topic side', inFolder);
};

/** For git that stops at a conflict, and ends as if it had failed. @throws when it did not stop, or for another reason */
export const stopped = async (work: Promise<string>): Promise<void> => {
  const end: unknown = await work.catch((error: unknown) => error);
  const said = end instanceof Error && 'stdout' in end ? String(end.stdout) : '';
  if (!said.includes('CONFLICT')) throw new Error('git did not stop at a conflict', { cause: end });
};
