import { errorCode } from '@coppice/host/errorCode';
import { parseRecord } from '@coppice/host/parseRecord';
import { readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Whether a cluster's folder is gone, or another cluster's by now: nobody can reach the one that runs any more, and what it writes would get among what the other
 * one has. What cannot be read for any other reason is there, and so is what lies on a disk that is away.
 *
 * @param root the cluster's folder
 * @param mark the cluster's, which each cluster in this folder takes over from the one before
 * @param disk the one that the folder lay on, by `diskOf`
 */
export function isHomeLost(root: string, mark: string, disk: number | undefined): boolean {
  try {
    return isOfAnother(readFileSync(join(root, 'processes.json'), 'utf8'), mark);
  } catch (error) {
    return errorCode(error) === 'ENOENT' && look(root) === 'missing' && isThere(disk, dirname(root));
  }
}

/** Whether what a cluster has written into its folder is there: where it was removed another cluster's is about to be, if it is not there yet. */
export function isStillThere(root: string, mark: string): boolean {
  try {
    return !isOfAnother(readFileSync(join(root, 'processes.json'), 'utf8'), mark);
  } catch (error) {
    return errorCode(error) !== 'ENOENT';
  }
}

/** undefined: nobody can tell. */
export function diskOf(path: string): number | undefined {
  const found = look(path);
  return typeof found === 'object' ? found.dev : undefined;
}

function isOfAnother(text: string, mark: string): boolean {
  const found = parseRecord(text)?.['mark'];
  return typeof found === 'string' && found !== mark;
}

/** What is removed leaves a folder above it on its disk; a disk that is away leaves one of another disk, or none. */
function isThere(disk: number | undefined, folder: string): boolean {
  const found = look(folder);
  if (typeof found === 'object') return found.dev === disk;
  return found === 'missing' && dirname(folder) !== folder && isThere(disk, dirname(folder));
}

function look(path: string): Stats | 'missing' | undefined {
  try {
    return statSync(path);
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'missing' : undefined;
  }
}
