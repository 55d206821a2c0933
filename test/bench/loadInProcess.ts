import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Imports a file, and activates what it exports if that can be activated, in a fresh process.
 *
 * @param root where the extension thinks that it is installed
 * @returns milliseconds from before the import until after activate()
 */
export async function loadInProcess(
  file: string,
  { root, env }: { readonly root: string; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  // Lies beside the bench that is running: the same for whatever is measured.
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'loadOnce.js'), file, root], { env });
  const { ms }: { ms: number } = JSON.parse(stdout);
  return ms;
}
