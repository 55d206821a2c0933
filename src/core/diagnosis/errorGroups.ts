import { withoutSequences } from '../text/terminalText';
import { saysError } from './saysError';

/** Errors of one shape: they differ in numbers, ids and times alone. */
export interface ErrorGroup {
  readonly service: string;
  readonly count: number;
  /** When the first and the last of them was printed, ISO 8601; undefined: nobody says. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** The last of them. */
  readonly example: string;
}

/** What is longer is data: no more of a line is looked at. */
const maxLine = 1000;
const maxShape = 300;
/** More shapes than these are no groups any more: what comes after them is counted, and not told apart. */
const maxGroups = 1000;

interface Open {
  readonly service: string;
  count: number;
  first: string | undefined;
  last: string | undefined;
  example: string;
}

/** Counts errors of the same shape once, line by line: what it takes grows with the lines, and what it keeps with the shapes. */
export class ErrorGroups {
  readonly #groups = new Map<string, Open>();
  #lines = 0;
  #errors = 0;

  /** @param at when it was printed, ISO 8601 */
  add(service: string, line: string, at: string | undefined): void {
    this.#lines++;
    const text = withoutSequences(line.slice(0, maxLine)).trim();
    if (text === '' || !saysError(text)) return;
    this.#errors++;
    const key = `${service} ${shapeOf(text)}`;
    const known = this.#groups.get(key);
    if (known) {
      known.count++;
      known.example = text;
      if (at !== undefined && (known.first === undefined || at < known.first)) known.first = at;
      if (at !== undefined && (known.last === undefined || at >= known.last)) known.last = at;
    } else if (this.#groups.size < maxGroups)
      this.#groups.set(key, { service, count: 1, first: at, last: at, example: text });
  }

  /** How many lines there were, and how many of them told an error. */
  get counts(): { readonly lines: number; readonly errors: number } {
    return { lines: this.#lines, errors: this.#errors };
  }

  /** The most frequent first; of those that are as frequent, the newest. */
  groups(): readonly ErrorGroup[] {
    const newestFirst = (one: Open, other: Open): number =>
      one.last === other.last ? 0 : (one.last ?? '') < (other.last ?? '') ? 1 : -1;
    return [...this.#groups.values()].sort((one, other) => other.count - one.count || newestFirst(one, other));
  }
}

/** Without what differs between two errors of one kind. */
function shapeOf(text: string): string {
  return text
    .replace(/\b(?=[\da-f-]{0,40}\d)[\da-f]{8,64}(?:-[\da-f]{4,12}){0,4}\b/gi, '#')
    .replace(/\d+/g, '#')
    .replace(/#(?:[.:,TZ/_ -]{1,3}#)+/g, '#')
    .replace(/\s+/g, ' ')
    .slice(0, maxShape);
}
