import { isAbsolute, relative, resolve, sep } from 'node:path';

/** How a path that a program in `folder` names is told: relative to the pod's folder where it lies in it. */
export function pathInPod(root: string, folder: string, path: string): string {
  const within = relative(root, resolve(folder, path));
  const isOutside = within === '' || within.startsWith('..') || isAbsolute(within);
  return isOutside ? path : within.split(sep).join('/');
}
