import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file's first bytes; undefined: it is no file, and to open a pipe would wait for whoever writes into it. Rejects where it cannot be read. */
export async function headOf(path: string, bytes: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
