import { AppError } from '../../../src/core/errors';
import type { Identity, Worktree } from '../../../src/core/model';
import type { Begun, BegunPlace, Identities, MadeForSession } from '../../../src/core/ports/worktrees';

/** Records in memory, by the worktrees' git directories. */
export class FakeIdentities implements Identities {
  readonly begun = new Map<string, Begun>();
  readonly #sessions = new Map<string, MadeForSession>();
  readonly #held = new Map<string, Identity | 'damaged'>();

  /** Makes a record that nobody can understand. */
  damage(worktree: Worktree): void {
    this.#held.set(worktree.gitDir, 'damaged');
  }

  /** A git directory is gone, and what was in it. */
  forget(gitDir: string): void {
    this.#held.delete(gitDir);
    this.#sessions.delete(gitDir);
    this.begun.delete(keyOf({ kind: 'worktree', gitDir }));
  }

  /** A git directory has another place, and what is in it. */
  move(from: string, to: string): void {
    const [identity, session] = [this.#held.get(from), this.#sessions.get(from)];
    this.forget(from);
    if (identity) this.#held.set(to, identity);
    if (session) this.#sessions.set(to, session);
  }

  async readBegun(place: BegunPlace): Promise<Begun | undefined> {
    return this.begun.get(keyOf(place));
  }

  async writeBegun(place: BegunPlace, begun: Begun): Promise<void> {
    this.begun.set(keyOf(place), begun);
  }

  async removeBegun(place: BegunPlace): Promise<void> {
    this.begun.delete(keyOf(place));
  }

  async readSession({ gitDir }: Pick<Worktree, 'gitDir'>): Promise<MadeForSession | undefined> {
    return this.#sessions.get(gitDir);
  }

  async writeSession({ gitDir }: Pick<Worktree, 'gitDir'>, session: MadeForSession): Promise<void> {
    this.#sessions.set(gitDir, session);
  }

  async read(worktree: Worktree): Promise<Identity | undefined> {
    const found = this.#held.get(worktree.gitDir);
    if (found === 'damaged')
      throw new AppError('failed', `${worktree.gitDir}/coppice.json cannot be understood: it is no JSON.`);
    return structuredClone(found);
  }

  async write(worktree: Worktree, identity: Identity): Promise<void> {
    this.#held.set(worktree.gitDir, structuredClone(identity));
  }

  async remove(worktree: Worktree): Promise<void> {
    this.#held.delete(worktree.gitDir);
  }
}

function keyOf(place: BegunPlace): string {
  return place.kind === 'worktree' ? place.gitDir : `${place.commonDir} ${place.ref}`;
}
