const page = 10;

/** Moves the focus over the rows that are seen by the keys of a list; the buttons of the row that has it are steps of Tab. */
export class RowFocus {
  readonly #scroller: HTMLElement;
  readonly #list: HTMLElement;
  #current: HTMLElement | undefined;

  constructor(scroller: HTMLElement, list: HTMLElement) {
    this.#scroller = scroller;
    this.#list = list;
    scroller.addEventListener('keydown', (event) => {
      if (event.altKey || event.metaKey || event.shiftKey || event.ctrlKey) return;
      if (event.key === 'Enter' && event.target === this.#current) {
        const [button] = this.#buttons(this.#current);
        if (!button) return;
        event.preventDefault();
        return button.click();
      }
      const next = this.#next(event.key);
      if (!next) return;
      event.preventDefault();
      this.#take(next);
      next.focus();
    });
    list.addEventListener('focusin', ({ target }) => {
      const row = (target as HTMLElement).closest<HTMLElement>('.row');
      if (row) this.#take(row);
    });
  }

  /** After rows went or were hidden: what leads nowhere any more is none. */
  keep(): void {
    if (!this.#current || (this.#current.isConnected && !this.#current.hidden)) return;
    const hadFocus = this.#current.contains(document.activeElement);
    this.#leave();
    if (hadFocus) this.#scroller.focus();
  }

  #take(row: HTMLElement): void {
    if (row === this.#current) return;
    this.#leave();
    this.#current = row;
    row.tabIndex = 0;
    for (const button of this.#buttons(row)) button.tabIndex = 0;
  }

  #leave(): void {
    const row = this.#current;
    this.#current = undefined;
    if (!row) return;
    row.tabIndex = -1;
    for (const button of this.#buttons(row)) button.tabIndex = -1;
  }

  #buttons(row: HTMLElement): HTMLElement[] {
    return [...row.querySelectorAll('button')];
  }

  #next(key: string): HTMLElement | undefined {
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity }[key];
    if (steps === undefined) return undefined;
    const rows = [...this.#list.children].filter((row) => !(row as HTMLElement).hidden) as HTMLElement[];
    const at = this.#current ? rows.indexOf(this.#current) : -1;
    // From outside the newest is the next one.
    const from = at < 0 ? rows.length - (steps === 1 ? 2 : 1) + (steps < 0 ? 1 : 0) : at;
    return rows[Math.min(Math.max(from + steps, 0), rows.length - 1)];
  }
}
