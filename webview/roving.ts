/** The cells of a grid as they stand, headers first; each is what takes the focus: a button in the cell, or the cell itself. */
export type CellsOf = () => readonly (readonly HTMLElement[])[];

const page = 10;

/**
 * Moves the focus in a grid by the keys that the ARIA practices name, and keeps exactly one of its cells in the order of Tab.
 * https://www.w3.org/WAI/ARIA/apg/patterns/grid/
 */
export class Roving {
  readonly #cellsOf: CellsOf;
  #current: HTMLElement | undefined;

  constructor(grid: HTMLElement, cellsOf: CellsOf) {
    this.#cellsOf = cellsOf;
    grid.addEventListener('keydown', (event) => {
      if (event.altKey || event.metaKey || event.shiftKey) return;
      const next = this.#next(event.key, event.ctrlKey);
      if (!next) return;
      event.preventDefault();
      this.focus(next);
    });
    grid.addEventListener('focusin', ({ target }) => {
      const found = this.#cellsOf()
        .flat()
        .find((cell) => cell === target || cell.contains(target as Node | null));
      if (found) this.#take(found);
    });
  }

  get current(): HTMLElement | undefined {
    return this.#current;
  }

  focus(cell: HTMLElement): void {
    this.#take(cell);
    cell.focus();
  }

  /** After cells came, went or moved: Tab leads to one that is there. @param otherwise where it leads if the last one is gone */
  keep(otherwise: HTMLElement | undefined): void {
    const cells = this.#cellsOf().flat();
    const kept = this.#current && cells.includes(this.#current) ? this.#current : (otherwise ?? cells[0]);
    for (const cell of cells) if (cell !== kept && cell.tabIndex !== -1) cell.tabIndex = -1;
    this.#current = undefined;
    if (kept) this.#take(kept);
  }

  #take(cell: HTMLElement): void {
    if (this.#current && this.#current !== cell) this.#current.tabIndex = -1;
    this.#current = cell;
    if (cell.tabIndex !== 0) cell.tabIndex = 0;
  }

  #next(key: string, isFar: boolean): HTMLElement | undefined {
    const rows = this.#cellsOf();
    const row = rows.findIndex((cells) => this.#current && cells.includes(this.#current));
    const cells = rows[row];
    if (!cells || !this.#current) return undefined;
    const column = cells.indexOf(this.#current);
    const at = (toRow: number, toColumn: number): HTMLElement | undefined => {
      const found = rows[Math.min(Math.max(toRow, 0), rows.length - 1)];
      return found?.[Math.min(Math.max(toColumn, 0), found.length - 1)];
    };
    if (isFar) return key === 'Home' ? at(0, 0) : key === 'End' ? at(Infinity, Infinity) : undefined;
    switch (key) {
      case 'ArrowLeft':
        return at(row, column - 1);
      case 'ArrowRight':
        return at(row, column + 1);
      case 'ArrowUp':
        return at(row - 1, column);
      case 'ArrowDown':
        return at(row + 1, column);
      case 'Home':
        return at(row, 0);
      case 'End':
        return at(row, Infinity);
      case 'PageUp':
        return at(row - page, column);
      case 'PageDown':
        return at(row + page, column);
      default:
        return undefined;
    }
  }
}
