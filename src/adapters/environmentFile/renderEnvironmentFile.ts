import { Document, isMap, isScalar, isSeq } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import type { ProposedFile } from '../../core/proposedFile';

const lineWidth = 110;

/** The text of an environment file, with comments above the keys that they are about. */
export function renderEnvironmentFile({ header, value, comments, footer }: ProposedFile): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  for (const { path, text } of comments) commentAt(document.contents, path, text);
  shorten(document.contents, 0);
  const body = document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: false, singleQuote: true });
  const top = header.map(commentLine).join('');
  const bottom = footer.length === 0 ? '' : `\n${footer.map(commentLine).join('')}`;
  return `${top}${spaced(body)}${bottom}`;
}

function commentLine(text: string): string {
  return text === '' ? '#\n' : `# ${oneLine(text)}\n`;
}

/** A name of the repository's may have a line break in it: what follows would be no comment. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function commentAt(node: unknown, path: readonly string[], text: string): void {
  const [key, ...rest] = path;
  if (!isMap(node)) return;
  const pair = node.items.find((each) => isScalar(each.key) && each.key.value === key);
  if (!pair) return;
  if (rest.length > 0) return commentAt(pair.value, rest, text);
  if (!isScalar(pair.key)) return;
  const line = ` ${oneLine(text)}`;
  // The comment of a mapping's first key stands above the key all the same.
  pair.key.commentBefore = [pair.key.commentBefore ?? [], line].flat().join('\n');
}

/** Lists of texts, and small mappings deep inside, stand on one line, as people write them. */
function shorten(node: unknown, depth: number): void {
  if (isSeq(node)) {
    if (node.items.every(isScalar) && widthOf(node) <= lineWidth - 2 * depth) node.flow = true;
    else for (const item of node.items) shorten(item, depth + 1);
  } else if (isMap(node)) {
    if (depth >= 3 && isFlat(node) && widthOf(node) <= lineWidth - 2 * depth) node.flow = true;
    else for (const pair of node.items) shorten(pair.value, depth + 1);
  }
}

function isFlat(node: YAMLMap): boolean {
  return node.items.every(({ key, value }) => isScalar(value) && isScalar(key) && !key.commentBefore);
}

function widthOf(node: Node): number {
  return JSON.stringify(node.toJSON()).length;
}

/** An empty line before each part of the file. */
function spaced(body: string): string {
  const lines = body.split('\n');
  const isTop = (line: string | undefined): boolean => line !== undefined && /^[^\s]/.test(line);
  return lines
    .map((line, at) => (at > 0 && isTop(line) && !(lines[at - 1] ?? '').startsWith('#') ? `\n${line}` : line))
    .join('\n');
}
