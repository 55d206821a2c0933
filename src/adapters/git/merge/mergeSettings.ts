import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { configuredAt } from '../program/configuredHooks';
import type { Git } from '../program/git';

/** What a repository's settings say of merges into a branch: git-config(1), `merge.*`, `branch.<name>.mergeOptions`. */
export interface MergeSettings {
  /** Whether a merge makes a commit where none is needed, or is refused where one is. */
  readonly fastForward: 'allowed' | 'never' | 'only';
  /** By which setting that is so. */
  readonly by: string;
  readonly signs: boolean;
  /** What only `git merge` itself heeds of every merge, and what of merges that make a commit. */
  readonly ofAll: readonly string[];
  readonly ofCommits: readonly string[];
}

const keys = String.raw`^(merge\.(ff|verifysignatures)|commit\.gpgsign|branch\..*\.mergeoptions)$`;
/** Those that git runs before it makes the commit of a merge, and that can refuse it. */
const commitHooks = ['pre-merge-commit', 'prepare-commit-msg', 'commit-msg'];
const fastForwards = { '--ff': 'allowed', '--no-ff': 'never', '--ff-only': 'only' } as const;

/** @param folder the worktree that the base is in, else the repository's */
export async function mergeSettings(
  git: Git,
  folder: string,
  base: string,
  signal?: AbortSignal,
): Promise<MergeSettings> {
  const [output, hooks] = await Promise.all([
    git.try(folder, ['config', '--null', '--get-regexp', keys], { trust: 'read', signal }),
    hooksOf(git, folder, signal),
  ]);
  const values = new Map<string, string>();
  for (const entry of (output ?? '').split('\0')) {
    const end = entry.indexOf('\n');
    // A key without a value is true.
    if (entry !== '') values.set(end < 0 ? entry : entry.slice(0, end), end < 0 ? 'true' : entry.slice(end + 1));
  }
  const ff = values.get('merge.ff') ?? 'true';
  let fastForward: MergeSettings['fastForward'] = ff === 'only' ? 'only' : isTrue(ff) ? 'allowed' : 'never';
  let by = 'merge.ff';
  const own = `branch.${base}.mergeoptions`;
  const words = (values.get(own) ?? '').split(/\s+/).filter((word) => word !== '');
  const others: string[] = [];
  for (const word of words) {
    if (Object.hasOwn(fastForwards, word)) {
      fastForward = fastForwards[word as keyof typeof fastForwards];
      by = `branch.${base}.mergeOptions`;
    } else others.push(word);
  }
  const verifies = isTrue(values.get('merge.verifysignatures') ?? 'false');
  return {
    fastForward,
    by,
    signs: isTrue(values.get('commit.gpgsign') ?? 'false'),
    ofAll: verifies ? ['the setting merge.verifySignatures'] : [],
    ofCommits: [
      ...hooks,
      ...(others.length > 0 ? [`the setting branch.${base}.mergeOptions (${others.join(' ')})`] : []),
    ],
  };
}

function isTrue(value: string): boolean {
  return /^(?:true|yes|on|[1-9]\d*)$/i.test(value);
}

/** As a person is told of them. */
async function hooksOf(git: Git, folder: string, signal?: AbortSignal): Promise<string[]> {
  const [inFolder, ...named] = await Promise.all([
    hooksIn(git, folder, signal),
    ...commitHooks.map(async (event) => ({ event, names: await configuredAt(git, folder, event, signal) })),
  ]);
  return [
    ...inFolder.map((event) => `the hook ${event}`),
    ...named.flatMap(({ event, names }) => names.map((name) => `the hook ${name} (${event})`)),
  ];
}

async function hooksIn(git: Git, folder: string, signal?: AbortSignal): Promise<string[]> {
  // Where they are is the repository's to say (core.hooksPath), which only `write` leaves to it. Nothing is run.
  const told = await git.try(folder, ['rev-parse', '--git-path', 'hooks'], { trust: 'write', signal });
  if (told === undefined) return [];
  const hooks = resolve(folder, told.replace(/\r?\n$/, ''));
  const mode = process.platform === 'win32' ? constants.F_OK : constants.X_OK;
  const there = await Promise.all(
    commitHooks.map((name) =>
      access(join(hooks, name), mode).then(
        () => true,
        () => false,
      ),
    ),
  );
  return commitHooks.filter((_, index) => there[index]);
}
