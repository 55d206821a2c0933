import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../../../core/model';
import { abortError } from '../../exec/abort';
import { GitFailure, type Git } from '../program/git';

/*
 * A partial clone (`git clone --filter`) has some of its objects at its remote alone. Git fetches each that it comes to need, and waits
 * for as long as a connection lets it: minutes, where the network is away.
 */

export type Runner = Pick<Git, 'run' | 'try'>;

type Place = Pick<Repository, 'commonDir'>;

/** How long a remote may take to give what is asked for. */
const patienceMs = 8000;

/** So long it is not asked again once it did not: many comparisons come one after the other. */
const awayMs = 60_000;
const awaySince = new Map<string, number>();

/** gitformat-pack and partial-clone.txt: packs from such a remote have a file beside them. */
export async function isPartial({ commonDir }: Place): Promise<boolean> {
  const names = await readdir(join(commonDir, 'objects', 'pack')).catch(() => []);
  return names.some((name) => name.endsWith('.promisor'));
}

/** Git fails at once where it would fetch: there is no protocol of this name. */
export function withoutFetching(git: Git): Runner {
  const local = { GIT_ALLOW_PROTOCOL: 'none' };
  return {
    run: (folder, argv, options) => git.run(folder, argv, { ...options, env: { ...options.env, ...local } }),
    try: (folder, argv, options) => git.try(folder, argv, { ...options, env: { ...options.env, ...local } }),
  };
}

/** Whether its remote has just not answered. */
export function isAway({ commonDir }: Place): boolean {
  const since = awaySince.get(commonDir);
  return since !== undefined && performance.now() - since < awayMs;
}

/**
 * Does what may fetch.
 *
 * @returns undefined as well where the remote did not give what it takes, or not in time
 */
export async function whileRemoteAnswers<T>(
  { commonDir }: Place,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const patience = AbortSignal.timeout(patienceMs);
  const given = signal === undefined ? patience : AbortSignal.any([signal, patience]);
  // What git has started goes on without it, and holds its output.
  const over = new Promise<never>((_, reject) => {
    given.addEventListener('abort', () => reject(abortError(given)), { once: true });
  });
  try {
    return await Promise.race([work(given), over]);
  } catch (error) {
    signal?.throwIfAborted();
    if (!patience.aborted && !(error instanceof GitFailure)) throw error;
    awaySince.set(commonDir, performance.now());
    return undefined;
  }
}
