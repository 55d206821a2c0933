/**
 * The row that has the focus, where the arrow keys are. The editor tells an extension which rows are selected only: a key on the rows toggles whether that row is
 * selected, and toggles it back (`manifest/contributions`), and what differed meanwhile is that row. To select it as Enter does would open it, and what it opens.
 */
export class FocusedRow {
  #selections: readonly (readonly string[])[] = [[]];

  /** @param selected ids of all rows that are selected now */
  note(selected: readonly string[]): void {
    this.#selections = [...this.#selections.slice(-2), selected];
  }

  /** Asked once, right after both toggles; undefined: no row has the focus, where nothing is toggled and nothing told. */
  take(): string | undefined {
    const [before = [], between = [], now] = this.#selections;
    this.#selections = this.#selections.slice(-1);
    if (now === undefined || differing(before, now).length > 0) return undefined;
    const [row, ...others] = differing(before, between);
    return others.length > 0 ? undefined : row;
  }
}

function differing(one: readonly string[], other: readonly string[]): string[] {
  return [...one.filter((row) => !other.includes(row)), ...other.filter((row) => !one.includes(row))];
}
