import { authorityFiles } from './authorityFiles';
import type { FailedRun, Hint } from './failedRun';
import { foreignLibrary } from './foreignLibrary';
import { letterCase } from './letterCase';
import { proxyInUse } from './proxyInUse';
import { scriptHead } from './scriptHead';

const hints: readonly Hint[] = [foreignLibrary, scriptHead, letterCase, authorityFiles, proxyInUse];

/** The first that knows something. Never rejects. */
export async function failureHint(run: FailedRun): Promise<string | undefined> {
  for (const hint of hints) {
    const found = await hint(run).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
