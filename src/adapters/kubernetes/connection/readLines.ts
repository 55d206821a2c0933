import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a byte stream, without their ends, in batches as they arrive. Reads on only when asked for the next batch, so
 * that a slow reader slows the sender. A last line without an end is a line too.
 */
export async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
  const decoder = new StringDecoder('utf8');
  // Pieces of a line that is not over: joined once, since adding to one long text again and again is quadratic.
  let pieces: string[] = [];
  for await (const chunk of stream) {
    const parts = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
    const rest = parts.pop() ?? '';
    if (parts.length === 0) {
      pieces.push(rest);
      continue;
    }
    parts[0] = pieces.join('') + (parts[0] ?? '');
    pieces = [rest];
    yield parts.map(withoutReturn);
  }
  const last = pieces.join('') + decoder.end();
  if (last !== '') yield [withoutReturn(last)];
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
