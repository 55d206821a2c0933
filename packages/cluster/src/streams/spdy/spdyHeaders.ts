import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { numberOf32 } from './spdyFrames';
import { spdyDictionary } from './spdyDictionary';

/** The headers of streams: one compression for all of a connection, each way, so that blocks must be read in their order. */
export class SpdyHeaders {
  private readonly inflate = createInflate({ dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH });
  private readonly deflate = createDeflate({ dictionary: spdyDictionary, flush: constants.Z_SYNC_FLUSH });

  /** By their names in lower case. Rejects for what is no block of headers. */
  async decode(block: Buffer): Promise<ReadonlyMap<string, string>> {
    const bytes = await through(this.inflate, block);
    let at = 0;
    const number = (): number => {
      at += 4;
      return bytes.readUInt32BE(at - 4);
    };
    const text = (): string => {
      const length = number();
      at += length;
      if (at > bytes.length) throw new Error('a header of a SPDY stream is cut off');
      return bytes.toString('utf8', at - length, at);
    };
    return new Map(Array.from({ length: Math.min(number(), 100) }, () => [text().toLowerCase(), text()]));
  }

  /** A block without headers. */
  async none(): Promise<Buffer> {
    return through(this.deflate, numberOf32(0));
  }

  close(): void {
    this.inflate.destroy();
    this.deflate.destroy();
  }
}

/** What comes out for what goes in, which is flushed at once. */
function through(stream: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const collect = (chunk: Buffer): void => void chunks.push(chunk);
    stream.on('data', collect);
    stream.once('error', reject);
    stream.write(bytes, () => {
      stream.off('data', collect);
      stream.off('error', reject);
      resolve(Buffer.concat(chunks));
    });
  });
}
