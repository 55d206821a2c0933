import { createHash } from 'node:crypto';
import { AppError } from '../../../src/core/errors';
import type { Commit, Repository } from '../../../src/core/model';
import type { AddWorktree, StartPoint } from '../../../src/core/ports/worktrees';

interface FakeCommit extends Commit {
  readonly parent: string | undefined;
}

interface FakeBranch {
  commit: string;
  upstream: string | undefined;
}

/** Branches by name, those of the remote with `origin/` before it, and the commits that they lead to. */
export class FakeBranches extends Map<string, FakeBranch> {
  readonly commits = new Map<string, FakeCommit>();

  startPoint(repository: Repository, base: string | undefined): StartPoint {
    const local = base ?? repository.defaultBranch;
    const found = [local, `origin/${local}`].find((name) => this.has(name));
    if (found === undefined) {
      if (this.commits.has(local)) return { name: local, commit: local };
      throw new AppError('invalidInput', `${JSON.stringify(local)} names no commit.`);
    }
    const { commit, upstream: configured } = this.at(found);
    const upstream = configured ?? `origin/${local}`;
    if (found !== local || !this.has(upstream)) return { name: found, commit };
    const [own, theirs] = [this.history(commit), this.history(this.at(upstream).commit)];
    const ahead = own.filter((id) => !theirs.includes(id)).length;
    const behind = theirs.filter((id) => !own.includes(id)).length;
    if (behind === 0) return { name: local, commit };
    const lag = { local, upstream, ahead, behind };
    return base === undefined && ahead === 0
      ? { name: upstream, commit: this.at(upstream).commit, lag }
      : { name: local, commit, lag };
  }

  /** @returns the commit of the branch that is to be made; undefined where it is there */
  start(repository: Repository, request: AddWorktree): string | undefined {
    if (request.kind === 'new') return this.startPoint(repository, request.base).commit;
    const name = request.kind === 'existing' ? request.branch : request.remoteBranch;
    const found = this.get(name);
    if (!found) throw new AppError('invalidInput', `There is no branch ${JSON.stringify(name)}.`);
    const { commit = found.commit } = request;
    if (found.commit !== commit)
      throw new AppError('conflict', `${request.branch} was moved from ${commit} to ${found.commit} just now.`);
    return request.kind === 'existing' ? undefined : found.commit;
  }

  create(name: string, commit: string, upstream: string | undefined): void {
    const obstacle = [...this.keys()].find(
      (other) => other === name || other.startsWith(`${name}/`) || name.startsWith(`${other}/`),
    );
    if (obstacle !== undefined) throw new AppError('conflict', `The branch ${obstacle} stands in the way of ${name}.`);
    this.set(name, { commit, upstream });
  }

  at(name: string): FakeBranch {
    const branch = this.get(name);
    if (!branch) throw new Error(`no branch ${name}`);
    return branch;
  }

  makeCommit(subject: string, parent: string | undefined): string {
    const id = createHash('sha1').update(`${this.commits.size} ${subject}`).digest('hex');
    this.commits.set(id, { id, subject, parent, date: '2026-01-01T00:00:00Z' });
    return id;
  }

  history(commit: string | undefined): string[] {
    const ids: string[] = [];
    for (let id = commit; id !== undefined; id = this.commits.get(id)?.parent) ids.push(id);
    return ids;
  }
}
