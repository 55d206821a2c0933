/** A place in a source that a text names, from one character of the text to another. */
export interface SourcePlace {
  readonly from: number;
  readonly to: number;
  /** As it is told: absolute, relative to nobody knows what, or a `file:` URL. */
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** In what is longer nobody looks for a place. */
const maxLooked = 4000;
const maxFile = 400;
const mostPlaces = 20;

const endings =
  'ts|tsx|mts|cts|js|jsx|mjs|cjs|vue|svelte|astro|py|pyi|rb|erb|go|rs|java|kt|kts|scala|clj|groovy|php|cs|fs|swift|dart|lua|pl|pm|ex|exs|erl|hs|ml|c|h|cc|cpp|hpp|sh|sql|prisma|graphql|proto|json|toml|yaml|yml|html|css|scss|less|md|xml';
const source = new RegExp(`\\.(?:${endings})$`, 'i');
const python = /\bFile "([^"]{1,400})", line (\d{1,7})/g;
/** What follows the name of a file: `:12:3`, `:12`, `(12,3)`. */
const position = /:(\d{1,7})(?::(\d{1,5}))?(?!\w)|\((\d{1,7}),(\d{1,5})\)/g;
const ofPath = /[\p{L}\p{N}_@.+~$%\-/\\[\]]/u;

/** The places of sources that a line of output names: `src/a.ts:12:3`, `a.cs(12,3)`, `File "a.py", line 3`, frames of a trace. */
export function sourcePlaces(text: string): readonly SourcePlace[] {
  const looked = text.slice(0, maxLooked);
  const places: SourcePlace[] = [];
  for (const { index, 0: whole, 1: file = '', 2: line } of looked.matchAll(python))
    if (source.test(file)) places.push({ from: index, to: index + whole.length, file, line: Number(line), column: 1 });
  let after = 0;
  for (const found of looked.matchAll(position)) {
    const from = pathBefore(looked, found.index, after);
    after = found.index + found[0].length;
    const file = looked.slice(from, found.index);
    const [line, column] = [Number(found[1] ?? found[3]), Number(found[2] ?? found[4] ?? 1)];
    if (line > 0 && source.test(file) && isLocal(looked, from, file))
      places.push({ from, to: after, file, line, column: Math.max(1, column) });
  }
  return places.sort((one, other) => one.from - other.from).slice(0, mostPlaces);
}

/** Where the path begins that ends before a position. @param after where the last one ended: nothing is looked at twice */
function pathBefore(text: string, end: number, after: number): number {
  let from = end;
  while (from > after && end - from < maxFile && ofPath.test(text[from - 1] ?? '')) from--;
  // What stands around it is not its own.
  while (from < end && /[[\]'"]/.test(text[from] ?? '') && !text.slice(from + 1, end).includes(']')) from++;
  // file:///…, C:\…
  const before = text.slice(Math.max(after, from - 5), from);
  if (before === 'file:') return from - 5;
  return /(?:^|[^A-Za-z])[A-Za-z]:$/.test(before) && /^[\\/]/.test(text.slice(from, end)) ? from - 2 : from;
}

/** Not part of the address of a page. */
function isLocal(text: string, from: number, file: string): boolean {
  if (text[from - 1] === ':' && file.startsWith('//')) return false;
  const before = text.slice(Math.max(0, from - maxFile), from);
  return !/\b(?:https?|wss?):\/\//.test(before.slice(before.lastIndexOf(' ') + 1));
}
