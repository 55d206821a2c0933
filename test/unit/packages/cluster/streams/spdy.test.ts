import { constants, createDeflate } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spdyDictionary } from '../../../../../packages/cluster/src/streams/spdy/spdyDictionary';
import {
  controlFrame,
  dataFrame,
  numberOf32,
  SpdyFrameReader,
} from '../../../../../packages/cluster/src/streams/spdy/spdyFrames';
import { SpdyHeaders } from '../../../../../packages/cluster/src/streams/spdy/spdyHeaders';

describe('frames of SPDY/3.1', () => {
  test('are the same however the bytes arrive', () => {
    const frame = fc.oneof(
      fc.record({ stream: fc.integer({ min: 1, max: 0x7fff_ffff }), data: fc.uint8Array(), isLast: fc.boolean() }),
      fc.record({ type: fc.integer({ min: 1, max: 9 }), data: fc.uint8Array() }),
    );
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat(40)), (frames, cuts) => {
        const all = Buffer.concat(
          frames.map((one) =>
            'stream' in one ? dataFrame(one.stream, one.data, one.isLast) : controlFrame(one.type, one.data),
          ),
        );
        const reader = new SpdyFrameReader();
        const read = [];
        let at = 0;
        for (const cut of cuts) {
          read.push(...reader.read(all.subarray(at, at + cut)));
          at += cut;
        }
        read.push(...reader.read(all.subarray(at)));
        expect(read).toEqual(
          frames.map((one) =>
            'stream' in one
              ? { kind: 'data', stream: one.stream, isLast: one.isLast, data: Buffer.from(one.data) }
              : { kind: 'control', type: one.type, flags: 0, payload: Buffer.from(one.data) },
          ),
        );
      }),
    );
  });
});

describe('headers of SPDY/3', () => {
  test('are read in the order they were compressed in, and a broken block is refused', async () => {
    expect(spdyDictionary).toHaveLength(1423);
    const deflate = createDeflate({ dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH });
    const chunks: Buffer[] = [];
    deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
    const compress = (pairs: [string, string][]): Promise<Buffer> =>
      new Promise((resolve) => {
        const text = (value: string): Buffer[] => [numberOf32(Buffer.byteLength(value)), Buffer.from(value)];
        const block = Buffer.concat([numberOf32(pairs.length), ...pairs.flat().flatMap(text)]);
        deflate.write(block, () => resolve(Buffer.concat(chunks.splice(0))));
      });
    const headers = new SpdyHeaders();
    for (const port of ['80', '3000', '3000']) {
      const block = await compress([
        ['StreamType', 'data'],
        ['port', port],
      ]);
      expect([...(await headers.decode(block))]).toEqual([
        ['streamtype', 'data'],
        ['port', port],
      ]);
    }
    await expect(new SpdyHeaders().decode(Buffer.from('no compression'))).rejects.toThrow();
    headers.close();
  });
});
