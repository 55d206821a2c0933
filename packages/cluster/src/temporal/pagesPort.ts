import { anyPort } from '@coppice/host/anyPort';
import { isPortFree } from '@coppice/host/isPortFree';
import { parseRecord } from '@coppice/host/parseRecord';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporalFiles, type TemporalPages, type WantedTemporal } from '../contract';

/** As Temporal's own program has it, where it is told nothing. */
const offset = 1000;

/**
 * Where the server that is about to be started is to have its web UI: where it was last time, so that a link stays one, else where people
 * look for it, else anywhere. Written down for whoever links to it.
 *
 * @param folder that of Temporal in COPPICE_HOME
 */
export async function pagesPort(
  folder: string,
  { host, port }: Pick<WantedTemporal, 'host' | 'port'>,
): Promise<number> {
  const file = join(folder, temporalFiles.pages);
  const { port: last } = parseRecord(await readFile(file, 'utf8').catch(() => '')) ?? {};
  const first = [last, port + offset].filter((each) => typeof each === 'number');
  for (const each of first) if (each !== port && (await isPortFree(each, { hosts: [host] }))) return write(each);
  return write(await anyPort(host));

  async function write(chosen: number): Promise<number> {
    const pages: TemporalPages = { port: chosen };
    // Without it there is no link; the server is worth more.
    await writeFileAtomically(file, JSON.stringify(pages)).catch(() => undefined);
    return chosen;
  }
}
