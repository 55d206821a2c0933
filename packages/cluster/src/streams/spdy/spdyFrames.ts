/** A frame of SPDY/3.1: data of a stream, or one that controls. */
export type SpdyFrame =
  | { kind: 'data'; stream: number; isLast: boolean; data: Buffer }
  | { kind: 'control'; type: number; flags: number; payload: Buffer };

export const controlTypes = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 } as const;

const headBytes = 8;
const version = 3;
const lastFlag = 1;

/** Cuts a stream of bytes into frames, however it arrives. */
export class SpdyFrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete now. */
  read(bytes: Buffer): SpdyFrame[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const frames: SpdyFrame[] = [];
    while (this.rest.length >= headBytes) {
      const end = headBytes + this.rest.readUIntBE(5, 3);
      if (this.rest.length < end) break;
      frames.push(frameOf(this.rest.subarray(0, end)));
      this.rest = this.rest.subarray(end);
    }
    return frames;
  }
}

function frameOf(bytes: Buffer): SpdyFrame {
  const first = bytes.readUInt32BE(0);
  const flags = bytes.readUInt8(4);
  const content = bytes.subarray(headBytes);
  if (first < 0x8000_0000) return { kind: 'data', stream: first, isLast: (flags & lastFlag) !== 0, data: content };
  return { kind: 'control', type: first & 0xffff, flags, payload: content };
}

export function dataFrame(stream: number, data: Uint8Array, isLast = false): Buffer {
  return Buffer.concat([head(stream, isLast ? lastFlag : 0, data.length), data]);
}

export function controlFrame(type: number, ...payload: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(payload);
  return Buffer.concat([head((0x8000_0000 | (version << 16) | type) >>> 0, 0, content.length), content]);
}

export function numberOf32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function head(first: number, flags: number, length: number): Buffer {
  const bytes = Buffer.alloc(headBytes);
  bytes.writeUInt32BE(first, 0);
  bytes.writeUInt8(flags, 4);
  bytes.writeUIntBE(length, 5, 3);
  return bytes;
}
