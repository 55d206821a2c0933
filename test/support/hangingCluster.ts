import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readdir, readFile } from 'node:fs/promises';

const bundle = join(import.meta.dirname, '..', '..', 'dist', 'cluster.js');

/** Writes a program that is the embedded cluster, and whose event loop stands still for ever from SIGUSR2 on. */
export async function hangingCluster(folder: string): Promise<string> {
  const file = join(folder, 'hanging.mjs');
  const program = pathToFileURL(bundle).href;
  await writeFile(file, `process.on('SIGUSR2', () => { for (;;); });\nawait import(${JSON.stringify(program)});\n`);
  return file;
}

/** The reaper of the cluster that runs in a folder. */
export async function reaperOf(clusterFolder: string): Promise<number> {
  const { mark }: { mark: string } = JSON.parse(await readFile(join(clusterFolder, 'processes.json'), 'utf8'));
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('reaper.js') && command.includes(mark)) return Number(entry);
  }
  throw new Error('there is no reaper');
}
