import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { LineMerge } from '../../../../../src/adapters/kubernetes/workloads/lineMerge';
import { readLines } from '../../../../../src/adapters/kubernetes/connection/readLines';

async function* chunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function collect(lines: AsyncIterable<string[]>): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of lines) all.push(...batch);
  return all;
}

describe('lines of a byte stream', () => {
  test('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\n\r]/g, ''))),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        fc.constantFrom('\n', '\r\n'),
        async (lines, sizes, end) => {
          const bytes = Buffer.from(lines.map((line) => line + end).join(''));
          expect(await collect(readLines(chunks(bytes, sizes)))).toEqual(lines);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('end with one that has no end', async () => {
    expect(await collect(readLines(chunks(Buffer.from('a\nb'), [1])))).toEqual(['a', 'b']);
  });
});

describe('lines of several writers', () => {
  test('a writer waits until its lines were read', async () => {
    const merge = new LineMerge();
    let isTaken = false;
    const written = merge.write(['a', 'b']).then(() => (isTaken = true));
    const lines = merge.read();
    expect((await lines.next()).value).toBe('a');
    expect((await lines.next()).value).toBe('b');
    expect(isTaken).toBe(false);
    const next = lines.next();
    await written;
    merge.end();
    expect((await next).done).toBe(true);
  });

  test('what was written before a failure is read before it', async () => {
    const merge = new LineMerge();
    void merge.write(['a']);
    merge.end(new Error('broken'));
    const lines = merge.read();
    expect((await lines.next()).value).toBe('a');
    await expect(lines.next()).rejects.toThrow('broken');
  });

  test('a reader that leaves lets the writers go', async () => {
    const merge = new LineMerge();
    const waiting = Promise.all([merge.write(['a', 'b']), merge.write(['c'])]);
    for await (const line of merge.read()) {
      expect(line).toBe('a');
      break;
    }
    // The writer whose lines were being read is let go with the others.
    await merge.write(['late']);
    await waiting;
  });
});
