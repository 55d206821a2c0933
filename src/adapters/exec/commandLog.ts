import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** So many of a failed command's last lines are kept, of so many failed commands. */
export const keptLines = 100;
const keptFiles = 20;

/**
 * Keeps what a failed command printed last, and forgets the oldest such files.
 *
 * @param folder made when it is not there
 * @param name of the program
 * @returns the file; undefined where none can be written, which must not hide why the command failed
 */
export async function keepCommandLog(
  folder: string,
  name: string,
  lines: readonly string[],
): Promise<string | undefined> {
  const at = new Date().toISOString().replace(/[:.]/g, '-');
  const file = path.join(folder, `${at}-${process.pid}-${name.replace(/[^\w.-]/g, '_').slice(0, 60)}.log`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    const files = (await readdir(folder)).filter((each) => /^\d{4}-.*\.log$/.test(each)).sort();
    for (const old of files.slice(0, -keptFiles)) await rm(path.join(folder, old), { force: true });
    return file;
  } catch {
    return undefined;
  }
}
