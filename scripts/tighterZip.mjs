import { inflateRawSync } from 'node:zlib';

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 };
/** Sizes and the checksum follow the data, and stand in the directory at the end alone. */
const sizesFollow = 0x08;
const deflated = 8;

/**
 * The same archive with its files packed as tightly as deflate can, which every reader of ZIP opens: Zopfli looks for minutes where
 * zlib looks for moments. Names, times, modes and contents stay as they are.
 *
 * @param {Buffer} zip below 4 GB
 * @param {(content: Buffer) => Promise<Uint8Array>} deflate raw, without a header
 * @returns {Promise<Buffer>}
 */
export async function tighterZip(zip, deflate) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('this is no ZIP archive');
  const count = zip.readUInt16LE(end + 10);
  /** @type {Buffer[]} */
  const files = [];
  /** @type {Buffer[]} */
  const directory = [];
  let offset = 0;
  for (let i = 0, at = zip.readUInt32LE(end + 16); i < count; i++) {
    const { entry, next } = centralEntry(zip, at);
    at = next;
    const packed = dataOf(zip, entry);
    const data = entry.readUInt16LE(10) === deflated ? await smaller(packed, deflate) : packed;
    const name = entry.subarray(46, 46 + entry.readUInt16LE(28));
    entry.writeUInt16LE(entry.readUInt16LE(8) & ~sizesFollow, 8);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(offset, 42);
    const header = localHeader(entry, name);
    files.push(header, name, data);
    directory.push(entry);
    offset += header.length + name.length + data.length;
  }
  const last = Buffer.from(zip.subarray(end));
  last.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  last.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, last]);
}

/**
 * @param {Buffer} zip
 * @param {number} at
 */
function centralEntry(zip, at) {
  if (zip.readUInt32LE(at) !== signatures.central) throw new Error(`there is no entry of the directory at ${at}`);
  const next = at + 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  return { entry: Buffer.from(zip.subarray(at, next)), next };
}

/**
 * @param {Buffer} zip
 * @param {Buffer} entry
 */
function dataOf(zip, entry) {
  const at = entry.readUInt32LE(42);
  if (zip.readUInt32LE(at) !== signatures.local) throw new Error(`there is no file at ${at}`);
  const begin = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  return zip.subarray(begin, begin + entry.readUInt32LE(20));
}

/**
 * What comes before a file says of it what the directory says: version, flags, method, time, checksum, sizes.
 * @param {Buffer} entry
 * @param {Buffer} name
 */
function localHeader(entry, name) {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(signatures.local, 0);
  entry.copy(header, 4, 6, 28);
  header.writeUInt16LE(name.length, 26);
  return header;
}

/**
 * @param {Buffer} packed
 * @param {(content: Buffer) => Promise<Uint8Array>} deflate
 */
async function smaller(packed, deflate) {
  const content = inflateRawSync(packed);
  const again = await deflate(content);
  if (again.length >= packed.length) return packed;
  if (!inflateRawSync(again).equals(content)) throw new Error('what was packed again is not what it was');
  return Buffer.from(again);
}
