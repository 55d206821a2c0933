import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

/**
 * A module of the sources with all that it imports, as it is now: scripts run before anything is built.
 *
 * @param {string[]} path of the file, from the repository's root
 * @returns {Promise<any>} what it exports
 */
export async function loadSource(...path) {
  const { outputFiles } = await build({
    entryPoints: [join(root, ...path)],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}
