import { parseRecord } from '@coppice/host/parseRecord';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { processStart } from '@coppice/host/processStart';

const LOOK_MS = 250;

/** The line that the cluster of another process wrote, once it is ready; undefined when that process ended without. */
export async function waitForOther(clusterFile: string, pid: number): Promise<string | undefined> {
  const start = await processStart(pid);
  let wake: () => void = () => undefined;
  const watcher = watch(dirname(clusterFile), (_event, name) => {
    if (name === null || name === basename(clusterFile)) wake();
  });
  try {
    for (;;) {
      const line = await readLine(clusterFile, pid);
      if (line !== undefined) return line;
      if (start === undefined || (await processStart(pid)) !== start) return undefined;
      await new Promise<void>((resolve) => {
        // That a process ended is told by no event: it is looked at now and then.
        const timer = setTimeout(resolve, LOOK_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    watcher.close();
  }
}

async function readLine(file: string, pid: number): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return parseRecord(text)?.['pid'] === pid ? text.trim() : undefined;
}
