import { AppError } from '../../../core/errors';
import type { Repository } from '../../../core/model';
import type { StartPoint } from '../../../core/ports/worktrees';
import { commitOfRef } from './branches';
import type { Git } from '../program/git';

/**
 * What a new branch starts from. Git itself reads a tag before a branch of the same name; here a branch that is called just
 * so wins, the local one before the remote one, and what only `origin` has is found without saying so.
 *
 * @param base undefined: the default branch, or its upstream where the local one has nothing that is not in there
 * @throws invalidInput when it names no commit
 */
export async function startPoint(
  git: Git,
  repository: Repository,
  base: string | undefined,
  signal?: AbortSignal,
): Promise<StartPoint> {
  const asked = base ?? repository.defaultBranch;
  const found = await findCommit(git, repository, asked, signal);
  if (found === undefined) {
    throw new AppError(
      'invalidInput',
      `${JSON.stringify(asked)} names no commit of ${repository.name}. Give a branch, a tag or a commit.`,
    );
  }
  if (found.ref !== `refs/heads/${asked}`) return { name: shortName(found.ref), commit: found.commit };
  const local: StartPoint = { name: asked, commit: found.commit };
  const upstream = await upstreamOf(git, repository, asked, signal);
  if (upstream === undefined) return local;
  const { ahead, behind } = await distance(git, repository, found.commit, upstream.commit, signal);
  if (behind === 0) return local;
  const lag = { local: asked, upstream: shortName(upstream.ref), ahead, behind };
  return base === undefined && ahead === 0 ? { name: lag.upstream, commit: upstream.commit, lag } : { ...local, lag };
}

async function findCommit(
  git: Git,
  repository: Repository,
  name: string,
  signal?: AbortSignal,
): Promise<{ readonly ref: string; readonly commit: string } | undefined> {
  // No ref's name has a line's end, and neither has what else names a commit; by lines git is asked.
  if (name === '' || /[\r\n\0]/.test(name)) return undefined;
  // `main~2` is found below the branch's full name, too.
  const refs = ['heads/', 'remotes/', 'tags/'].map((kind) => `refs/${kind}${name}`);
  const asked = [...refs, name, `refs/remotes/origin/${name}`];
  // One process for all, which says of each on a line of its own what it is, or that there is none.
  const output = await git.try(repository.root, ['cat-file', '--batch-check=%(objectname)'], {
    trust: 'read',
    signal,
    input: asked.map((ref) => `${ref}^{commit}\n`).join(''),
  });
  const told = (output ?? '').split(/\r?\n/);
  for (const [index, ref] of asked.entries()) {
    const commit = told[index];
    if (commit !== undefined && /^[0-9a-f]{40,64}$/.test(commit)) return { ref, commit };
  }
  return undefined;
}

/** What the branch is set up to follow; else the branch of its name on `origin`. */
async function upstreamOf(
  git: Git,
  repository: Repository,
  branch: string,
  signal?: AbortSignal,
): Promise<{ readonly ref: string; readonly commit: string } | undefined> {
  const [own, usual] = [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`];
  const format = '--format=%(refname)%00%(upstream)%00%(objecttype)%00%(objectname)%00';
  const output = await git.run(repository.root, ['for-each-ref', format, own, usual], { trust: 'read', signal });
  const fields = output.split('\0').map((field) => field.replace(/^\r?\n/, ''));
  const told = new Map<string, readonly string[]>();
  for (let at = 0; at + 3 < fields.length; at += 4) told.set(fields[at] ?? '', fields.slice(at + 1, at + 4));
  const ref = told.get(own)?.[0] || usual;
  const [, kind, commit] = told.get(ref) ?? [];
  if (kind === 'commit' && commit !== undefined) return { ref, commit };
  if (ref === usual && kind === undefined) return undefined;
  const found = await commitOfRef(git, repository, ref, signal);
  return found === undefined ? undefined : { ref, commit: found };
}

async function distance(
  git: Git,
  repository: Repository,
  local: string,
  upstream: string,
  signal?: AbortSignal,
): Promise<{ readonly ahead: number; readonly behind: number }> {
  if (local === upstream) return { ahead: 0, behind: 0 };
  const argv = ['rev-list', '--left-right', '--count', `${local}...${upstream}`];
  const [ahead, behind] = (await git.run(repository.root, argv, { trust: 'read', signal })).trim().split(/\s+/);
  return { ahead: Number(ahead), behind: Number(behind) };
}

function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes|tags)\//, '');
}
