import { errorCode } from '@coppice/host/errorCode';
import { parseRecord } from '@coppice/host/parseRecord';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a cluster's folder is gone, or another cluster's by now: nobody can reach the one that runs any more, and what it writes would get among what the other
 * one has. What cannot be read for any other reason is there.
 *
 * @param root the cluster's folder
 * @param mark the cluster's, which each cluster in this folder takes over from the one before
 */
export function isHomeLost(root: string, mark: string): boolean {
  try {
    const found = parseRecord(readFileSync(join(root, 'processes.json'), 'utf8'))?.['mark'];
    return typeof found === 'string' && found !== mark;
  } catch (error) {
    return errorCode(error) === 'ENOENT' && isMissing(root);
  }
}

function isMissing(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}
