import { posix } from 'node:path';
import { workspace } from '../contract';

/**
 * Where a container's working directory lies within the folder that its pod names, with `/` between its parts; '' is that folder. One
 * that is anywhere else is an image's own, and means nothing on this machine.
 */
export function withinWorkspace(workingDir: string | undefined): string {
  const path = posix.normalize(workingDir ?? workspace);
  return path.startsWith(`${workspace}/`) ? path.slice(workspace.length + 1) : '';
}
