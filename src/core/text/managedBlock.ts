/*
 * The lines that Coppice keeps at the end of an env file of a worktree. Readers of such files take the last of two values, so that
 * they count and what stands above stays as its author wrote it.
 */

const begin = '# coppice begin: written by Coppice for this worktree, and written again when a value changes';
const end = '# coppice end';
/** A line end before it belongs to it: the file above ended without one. */
const joined = ' (joined)';

const block =
  /(?:^|(\r?\n))# coppice begin:([^\r\n]*)\r?\n((?:(?!# coppice (?:begin|end))[^\r\n]*\r?\n)*)# coppice end(?:\r?\n|$)/g;

/** The begin of one whose end somebody has deleted. */
const open = /(?:^|(\r?\n))# coppice begin:([^\r\n]*)(?:\r?\n|$)/;

/** Whether Coppice wrote a line that stands in a block. */
export type IsOwnLine = (line: string) => boolean;

/** Where nobody wrote down which lines are Coppice's: all of a block, but nothing of one that does not end. */
export const everyLine: IsOwnLine = () => true;

/** The text as its author wrote it. What somebody else wrote into the block is the author's, and stays in its place. */
export function withoutManagedBlock(text: string, isOwn: IsOwnLine = everyLine): string {
  let [before, after] = [text, withoutBlocks(text, isOwn)];
  // Of two that touch each other a line end belongs to both.
  while (after !== before) [before, after] = [after, withoutBlocks(after, isOwn)];
  return isOwn === everyLine ? after : withoutOpen(after, isOwn);
}

function withoutBlocks(text: string, isOwn: IsOwnLine): string {
  return text.replace(
    block,
    (match: string, before: string | undefined, said: string, inner: string, offset: number) => {
      const others = linesOf(inner)
        .filter((line) => !isOwn(plain(line)))
        .join('');
      // What was written beneath it since begins a line of its own.
      const isLast = offset + match.length === text.length;
      return said.endsWith(joined) && isLast && others === '' ? '' : `${before ?? ''}${others}`;
    },
  );
}

/** Lines of Coppice's under a begin without an end, wherever they stand by now. */
function withoutOpen(text: string, isOwn: IsOwnLine): string {
  const found = open.exec(text);
  if (!found) return text;
  const [match, before = '', said = ''] = found;
  const above = text.slice(0, found.index);
  const others = linesOf(text.slice(found.index + match.length))
    .filter((line) => !isOwn(plain(line)) && plain(line) !== end)
    .join('');
  return withoutOpen(`${above}${said.endsWith(joined) && others === '' ? '' : before}${others}`, isOwn);
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function plain(line: string): string {
  return line.replace(/\r?\n$/, '');
}

/** The text with these lines, and no others of Coppice's, at its end. Done again it changes nothing. */
export function withManagedBlock(text: string, lines: readonly string[], isOwn: IsOwnLine = everyLine): string {
  const own = withoutManagedBlock(text, isOwn);
  if (lines.length === 0) return own;
  const eol = own.includes('\r\n') ? '\r\n' : '\n';
  const isJoined = own !== '' && !own.endsWith('\n');
  return `${own}${isJoined ? eol : ''}${[`${begin}${isJoined ? joined : ''}`, ...lines, end].join(eol)}${eol}`;
}
