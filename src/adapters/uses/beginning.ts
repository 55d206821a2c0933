import { readFile, rm, writeFile } from 'node:fs/promises';
import { parseRecord } from '@coppice/host/parseRecord';
import type { FileFacts } from './filesIn';

/** Beside the data: which files of it were there from the beginning. */
export const beginningFile = 'beginning.json';

const version = 1;

export async function writeBeginning(path: string, files: ReadonlyMap<string, FileFacts>): Promise<void> {
  if (files.size === 0) return rm(path, { force: true });
  const listed = [...files].map(([name, { bytes, changedAt }]) => [name, bytes, changedAt]);
  return writeFile(path, `${JSON.stringify({ version, files: listed })}\n`);
}

/** Those that nobody can tell any more are left out: they count as written since. */
export async function readBeginning(path: string): Promise<ReadonlyMap<string, FileFacts>> {
  const said = parseRecord(await readFile(path, 'utf8').catch(() => ''));
  if (said?.['version'] !== version || !Array.isArray(said['files'])) return new Map();
  const files: unknown[] = said['files'];
  return new Map(
    files.flatMap((each): [string, FileFacts][] => {
      if (!Array.isArray(each)) return [];
      const [name, bytes, changedAt] = each as unknown[];
      if (typeof name !== 'string' || typeof bytes !== 'number' || typeof changedAt !== 'number') return [];
      return [[name, { bytes, changedAt }]];
    }),
  );
}

export function isSameFile(before: FileFacts | undefined, now: FileFacts): boolean {
  return before !== undefined && before.bytes === now.bytes && before.changedAt === now.changedAt;
}
