import type { LogLineView, LogsState } from './logsProtocol';

/** So many lines are kept; older ones go. */
export const mostKept = 5000;

/** A line, and where it is drawn once it is. */
export interface KeptLine {
  readonly line: LogLineView;
  /** Never before one of the same pod that came before it. */
  readonly at: number;
  row: HTMLElement | undefined;
}

/** The newest lines of all services, by their times. */
export class LogsBook {
  readonly #lines: KeptLine[] = [];
  /** When each pod printed last. */
  readonly #last = new Map<string, number>();
  #dropped = 0;

  get lines(): readonly KeptLine[] {
    return this.#lines;
  }

  /** How many had to go since it was emptied. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns the place of the first new one that is kept, and what had to go */
  add(lines: readonly LogLineView[]): { readonly first: number; readonly gone: readonly KeptLine[] } {
    let first = this.#lines.length;
    for (const line of lines) {
      const key = `${line.service} ${line.pod}`;
      const last = this.#last.get(key) ?? 0;
      const at = Math.max(line.at ?? last, last);
      this.#last.set(key, at);
      let place = this.#lines.length;
      while (place > 0 && (this.#lines[place - 1]?.at ?? 0) > at) place--;
      this.#lines.splice(place, 0, { line, at, row: undefined });
      first = Math.min(first, place);
    }
    const gone = this.#lines.splice(0, Math.max(0, this.#lines.length - mostKept));
    this.#dropped += gone.length;
    return { first: Math.max(0, first - gone.length), gone };
  }

  clear(): void {
    this.#lines.length = 0;
    this.#last.clear();
    this.#dropped = 0;
  }
}

/** Whether a line is shown: asked of each, when it comes and when a person wants others. @param editedAt milliseconds since the epoch */
export function wanted(state: Omit<LogsState, 'version' | 'worktree'>, editedAt: number | undefined) {
  const filter = state.filter.trim().toLowerCase();
  const hidden = new Set(state.hidden);
  const since = state.isSinceEdit ? (editedAt ?? 0) : 0;
  const isOfLevel = ({ level }: LogLineView): boolean =>
    state.level === 'all' || level === 'error' || (state.level === 'warning' && level === 'warning');
  const says = ({ text, fields }: LogLineView): boolean =>
    filter === '' ||
    text.toLowerCase().includes(filter) ||
    fields.some(({ name, value }) => `${name} ${value}`.toLowerCase().includes(filter));
  return ({ line, at }: KeptLine): boolean =>
    at >= since &&
    !hidden.has(line.service) &&
    // Where a service was started says what the lines around it are of, whatever their level.
    (line.kind === 'run' ? filter === '' : isOfLevel(line) && says(line));
}
