import type { Memento } from 'vscode';
import { worktreeFilters, type WorktreeFilter } from '../../app/view/worktreeFilter';
import { worktreeSorts, type WorktreeOrder, type WorktreeSort } from '../../app/view/worktreeOrder';
import type { ReadUsages } from './usageOf';

type Kept = Pick<Memento, 'get' | 'update'>;

const sortKey = 'worktrees.sort';
const filterKey = 'worktrees.filter';

/** In which order a person wants worktrees wherever they are listed, and which of them in the view. Both are kept: the order for all windows, the filter for this one. */
export class ListChoices {
  readonly #ofPerson: Kept;
  readonly #ofWindow: Kept;
  readonly #readUsages: ReadUsages;
  readonly #onDidChange: () => void;
  #usages: Awaited<ReturnType<ReadUsages>>;

  /** @param onDidChange what is listed is to be drawn anew */
  constructor(
    kept: { readonly ofPerson: Kept; readonly ofWindow: Kept },
    readUsages: ReadUsages,
    onDidChange: () => void,
  ) {
    this.#ofPerson = kept.ofPerson;
    this.#ofWindow = kept.ofWindow;
    this.#readUsages = readUsages;
    this.#onDidChange = onDidChange;
  }

  /** What another version has written counts only if this one knows it. */
  get sort(): WorktreeSort {
    return worktreeSorts.find((sort) => sort === this.#ofPerson.get(sortKey)) ?? 'attention';
  }

  get filter(): WorktreeFilter | undefined {
    return worktreeFilters.find((filter) => filter === this.#ofWindow.get(filterKey));
  }

  get order(): WorktreeOrder {
    return { sort: this.sort, memoryOf: (namespace) => this.#usages?.get(namespace)?.memoryBytes };
  }

  async sortBy(sort: WorktreeSort): Promise<void> {
    await this.#ofPerson.update(sortKey, sort);
    this.#onDidChange();
    await this.measure();
  }

  /** @param filter undefined: all are shown */
  async show(filter: WorktreeFilter | undefined): Promise<void> {
    await this.#ofWindow.update(filterKey, filter);
    this.#onDidChange();
  }

  /** What environments use is read only for the order that goes by it; what nobody tells now is as it was told last. Never rejects. */
  async measure(): Promise<void> {
    if (this.sort !== 'memory') return;
    const usages = await this.#readUsages().catch(() => undefined);
    if (!usages) return;
    this.#usages = usages;
    this.#onDidChange();
  }
}
