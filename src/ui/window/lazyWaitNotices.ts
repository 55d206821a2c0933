import type { Disposable } from '../../core/event';
import type { Snapshot } from '../../core/model';
import type { CommandContext } from '../context/commandContext';
import { readSettings } from '../editor/settings';

/** The notices once their code is loaded: `ui/window/waitNotices`. */
export interface Notices extends Disposable {
  update(snapshot: Snapshot): void;
}

type NoticesContext = Pick<CommandContext, 'dependencies' | 'snapshot' | 'windowEntry'>;

export type LoadWaitNotices = () => Promise<new (context: NoticesContext) => Notices>;

/** Stands for the notices of agents that wait until a person wants them and there is one: their code is loaded then. */
export class LazyWaitNotices implements Disposable {
  readonly #load: LoadWaitNotices;
  readonly #context: NoticesContext;
  #loaded: Promise<Notices | undefined> | undefined;
  #isDisposed = false;

  constructor(load: LoadWaitNotices, context: NoticesContext) {
    this.#load = load;
    this.#context = context;
  }

  /** Call it with each news of the snapshot. */
  update(snapshot: Snapshot): void {
    const isAsked = snapshot.entries.some(({ agents }) => agents?.some(({ state }) => state === 'waiting'));
    if (!isAsked || !readSettings()['agent.notify']) return;
    this.#loaded ??= this.#make();
    void this.#loaded.then((notices) => {
      if (!this.#isDisposed) notices?.update(snapshot);
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    void this.#loaded?.then((notices) => notices?.dispose());
  }

  async #make(): Promise<Notices | undefined> {
    try {
      return new (await this.#load())(this.#context);
    } catch (error) {
      this.#context.dependencies.log.warn(`Waits of agents cannot be told: ${String(error)}`);
      return undefined;
    }
  }
}
