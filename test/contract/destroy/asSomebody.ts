import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRepository } from '../../support/gitRepository';

/** Nobody's files are this user's (passwd(5)). */
const nobody = 65534;

/**
 * Root may read everything: what nobody may read is there only for another user. All that is done meanwhile, by git as well, is done as
 * that one. Elsewhere than on Linux, and where the tests do not run as root, nothing is to be done for it.
 */
export async function asSomebody(isLeft: boolean, work: () => Promise<void>): Promise<void> {
  if (isLeft || process.platform !== 'linux' || process.getuid?.() !== 0) return work();
  const group = process.getegid?.() ?? 0;
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(group);
  }
}

/** A shell that git starts is root's again, and root's git refuses what is another user's. */
export async function trusted({ folder }: GitRepository): Promise<void> {
  await appendFile(join(folder, '.gitconfig'), '[safe]\n\tdirectory = *\n');
}
