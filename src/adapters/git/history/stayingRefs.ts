import type { Repository } from '../../../core/model';
import type { Git, GitOptions } from '../program/git';

/** Of all refs that keep commits, for `git rev-list`. @param without branches that go */
export function stayingRefs(without: readonly string[]): string[] {
  // For --branches the pattern is a short name; a branch's name can hold no wildcard.
  return [...without.map((branch) => `--exclude=${branch}`), '--branches', '--remotes', '--tags'];
}

/** Branches that are only another name of one (git-symbolic-ref(1)): they lead nowhere once that is gone. */
export async function aliasesOf(
  git: Pick<Git, 'run'>,
  repository: Pick<Repository, 'root'>,
  branch: string,
  options: GitOptions,
): Promise<string[]> {
  const argv = ['for-each-ref', '--format=%(symref) %(refname:lstrip=2)', '--', 'refs/heads'];
  const start = `refs/heads/${branch} `;
  const lines = (await git.run(repository.root, argv, options)).split('\n');
  return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}
