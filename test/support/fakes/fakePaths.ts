import { posix } from 'node:path';
import type { Paths } from '../../../src/core/ports/host';

/** Paths with `/`, on whatever machine; no links. */
export const fakePaths: Paths = {
  resolve: (base, relative) => posix.resolve(base, relative),
  parent: (path) => posix.dirname(path),
  contains: (folder, path) => path === folder || path.startsWith(`${folder}/`),
};
