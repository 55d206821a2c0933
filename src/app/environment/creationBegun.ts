import type { IdentityParts, PartRecord } from '../../core/model';
import { begunPlace } from './begunPlace';
import type { CreatePorts } from './createPorts';
import type { PreparedCreate } from './preparedCreate';
import type { Step } from '../run/steps';

/**
 * What one create writes down before it claims anything, so that it finds its own after it was cut off. It goes when the
 * worktree has its record, and when all was taken back.
 */
export class CreationBegun {
  readonly #identities: CreatePorts['identities'];
  readonly #prepared: PreparedCreate;
  #parts: IdentityParts | undefined;
  #isOurs = false;
  #isLeft = false;
  #isAgain = false;
  readonly #kept: Record<string, PartRecord> = {};

  constructor({ identities }: Pick<CreatePorts, 'identities'>, prepared: PreparedCreate) {
    this.#identities = identities;
    this.#prepared = prepared;
  }

  /** Something could not be taken back: what names it has to stay. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** What an update that was taken back leaves of parts, in the words of their records. */
  get kept(): IdentityParts {
    return this.#kept;
  }

  /** Something of a part stays where an update is taken back: the record that comes back names it, so that a delete asks about it. */
  keep(id: string, record: PartRecord): void {
    this.#kept[id] = record;
  }

  async begin(): Promise<void> {
    const { identity, begun } = this.#prepared;
    // A record says the same, and more.
    if (identity || begun || this.#isOurs) return;
    this.#isOurs = true;
    await this.#write();
  }

  /** What everything is called from now on. */
  named(parts: IdentityParts): void {
    this.#parts = parts;
  }

  /** What is not taken back, because that failed or was cut off, is found by the next try. */
  watched(step: Step): Step {
    if (!step.undo) return step;
    return {
      ...step,
      undo: async (signal) => {
        await this.#beginAgain();
        try {
          return await step.undo?.(signal);
        } catch (error) {
          this.#isLeft = true;
          throw error;
        }
      },
    };
  }

  /** When everything else was taken back. */
  async takeBack(): Promise<void> {
    const { repository, target } = this.#prepared;
    if (this.#isOurs && !this.#isLeft) await this.#identities.removeBegun(begunPlace(repository, target));
  }

  /** The record, which stood for it, may be the first thing to go. */
  async #beginAgain(): Promise<void> {
    if (this.#isAgain || (!this.#isOurs && !this.#prepared.begun)) return;
    this.#isAgain = true;
    // Where it cannot be written, the rest is taken back all the same.
    await this.#write().catch(() => undefined);
  }

  async #write(): Promise<void> {
    const { repository, target, owner, begun, isLeftByDelete } = this.#prepared;
    const createdBranch = begun?.createdBranch ?? (target.kind === 'new' || isLeftByDelete);
    const parts = this.#parts ?? begun?.parts;
    const { worktreeId } = owner;
    const writing = { worktreeId, createdBranch, ...(parts === undefined ? {} : { parts }) };
    await this.#identities.writeBegun(begunPlace(repository, target), writing);
  }
}
