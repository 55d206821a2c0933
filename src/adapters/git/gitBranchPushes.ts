import { addressOwner } from '../../core/worktrees/addressOwner';
import { AppError } from '../../core/errors';
import type { Repository } from '../../core/model';
import type { BranchPushes, PushedBranch } from '../../core/ports/branchPushes';
import { Git, gitFailed, GitFailure } from './program/git';

/** In the order in which git asks for them: git-push(1). */
const keysOf = (branch: string): readonly string[] => [
  `branch.${branch}.pushremote`,
  'remote.pushdefault',
  `branch.${branch}.remote`,
];

export class GitBranchPushes implements BranchPushes {
  readonly #git: Git;

  /** @param env what git inherits: `process.env` */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#git = new Git(env);
  }

  async remoteOf(repository: Repository, branch: string, signal?: AbortSignal): Promise<string> {
    const options = { trust: 'read', signal } as const;
    const pattern = String.raw`^(branch\..*\.(pushremote|remote)|remote\.pushdefault)$`;
    const [settings, listed] = await Promise.all([
      this.#git.try(repository.root, ['config', '--null', '--get-regexp', pattern], options),
      this.#git.run(repository.root, ['remote'], options),
    ]);
    const values = new Map<string, string>();
    for (const entry of (settings ?? '').split('\0')) {
      const end = entry.indexOf('\n');
      if (end > 0) values.set(entry.slice(0, end), entry.slice(end + 1));
    }
    const remotes = listed.split(/\r?\n/).filter((name) => name !== '');
    for (const key of keysOf(branch)) {
      const remote = values.get(key);
      if (remote !== undefined && remotes.includes(remote)) return remote;
    }
    const sole = remotes.length === 1 ? remotes[0] : undefined;
    const remote = remotes.includes('origin') ? 'origin' : sole;
    if (remote !== undefined) return remote;
    throw new AppError(
      'notConfigured',
      remotes.length === 0
        ? `${repository.name} has no remote that ${branch} could be pushed to: "git remote add origin URL" makes one.`
        : `${repository.name} has the remotes ${remotes.join(', ')}, and none is meant: "git config remote.pushDefault NAME" says which.`,
    );
  }

  async ownerOf({ root }: Repository, remote: string, signal?: AbortSignal): Promise<string | undefined> {
    const options = { trust: 'read', signal } as const;
    const pattern = String.raw`^remote\..*\.gh-resolved$`;
    const [listed, chosen] = await Promise.all([
      this.#git.run(root, ['remote', '--verbose'], options),
      // Where gh opens pull requests: `base` is the remote itself.
      this.#git.try(root, ['config', '--null', '--get-regexp', pattern], options),
    ]);
    const owners = new Map<string, string>();
    for (const [, name = '', address = ''] of listed.matchAll(/^([^\t\n]+)\t(.*) \(push\)$/gm)) {
      const owner = addressOwner(address);
      if (owner !== undefined) owners.set(name, owner);
    }
    const bases = [...(chosen ?? '').matchAll(/\n([^/\0]+)\/[^/\0]+\0/g)].map(([, owner = '']) => owner);
    const all = new Set([...owners.values(), ...bases].map((owner) => owner.toLowerCase()));
    return all.size > 1 ? owners.get(remote) : undefined;
  }

  async push(_: Repository, { folder, remote, branch, commit }: PushedBranch, signal?: AbortSignal): Promise<void> {
    // Tags that push.followTags would take along are nobody's to publish here.
    const argv = ['push', '--porcelain', '--quiet', '--no-follow-tags', '--', remote, `${commit}:refs/heads/${branch}`];
    try {
      await this.#git.run(folder, argv, { trust: 'write', signal });
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      // A line of the refused ref: git-push(1), "Output".
      const [, why = ''] = /^!\t[^\t\n]*\t(.+)$/m.exec(error.stdout) ?? [];
      const explanation = error.stderr.trim();
      if (why.startsWith('[rejected]'))
        throw new AppError(
          'conflict',
          `${branch} was not pushed: ${remote} has commits of it that are not here. Pull them first.`,
          { explanation, cause: error },
        );
      if (why.startsWith('[remote rejected]'))
        throw new AppError('denied', `${branch} was not pushed: ${remote} refuses it ${why.slice(18)}.`, {
          ...{ explanation, cause: error },
        });
      throw gitFailed(`${branch} was not pushed to ${remote}`, error);
    }
  }
}
