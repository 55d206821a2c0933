import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { changeFile } from './places.mjs';

/** What a `firstRecords.json` holds: files by their path below the place. Of what is no text, the base64. */
interface Stored {
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Lays a COPPICE_HOME (`home`) and a repository (`repository`, with worktrees `one` and `two` beside it) into a folder as the last
 * commit left them whose records were of version 1.
 *
 * @param place real path of a folder @param path the PATH that services get
 */
export async function unpackFirstRecords(place: string, path: string): Promise<void> {
  const stored: Stored = JSON.parse(await readFile(join(import.meta.dirname, 'firstRecords.json'), 'utf8'));
  const change = (text: string): string => text.replaceAll('{{place}}', place).replaceAll('{{path}}', path);
  for (const [name, text] of Object.entries(stored.files)) {
    const content = text.startsWith('base64:') ? Buffer.from(text.slice(7), 'base64') : Buffer.from(text);
    const file = join(place, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, changeFile(name, content, change));
  }
  // Git knows a repository by these, and they are empty.
  for (const folder of ['objects', 'refs']) await mkdir(join(place, 'repository', '.git', folder), { recursive: true });
}
