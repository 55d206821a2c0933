import { devNull } from 'node:os';

/**
 * How much of the repository's own set-up a command may run:
 * - `read`: nothing (no hooks, no file system monitor, no filters of the repository), and it takes no locks
 * - `check`: as `read`, but the repository's filters run: what they make of a file decides whether it is changed
 * - `refresh`: as `check`, but it may write the index
 * - `write`: everything, as git on a command line would: hooks such as those of git-lfs and husky are the user's set-up
 */
export type Trust = 'read' | 'check' | 'refresh' | 'write';

export type ConfigEntry = readonly [key: string, value: string];

/** What the commands here that are not to run hooks could run: of each change of the index, of each ref, of a checkout. */
const events = ['post-index-change', 'reference-transaction', 'post-checkout'];

/**
 * Programs that a repository can name, and that no command which only reads may run. Hooks that the configuration itself names (git 2.54 and
 * newer) lie in no folder, and run wherever `core.hooksPath` leads (2.55.0, findings/git-configured-hooks-run-without-a-folder.sh).
 */
const harmless: readonly ConfigEntry[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', devNull],
  ...events.map((event): ConfigEntry => [`hook.${event}.enabled`, 'false']),
];

/**
 * What a user's settings would change in output that is read by programs: gpg's words would stand before a commit's subject, its text be
 * in other bytes than UTF-8, files be sorted by a list that may not be there (git ends then), and short names of refs be of another kind.
 * All else that git lets its users set is kept away by what is asked for: plumbing, `-z`, formats, options of each command.
 */
const asParsed: readonly ConfigEntry[] = [
  ['log.showSignature', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  // Of what Coppice writes down for itself: the names of folders.
  ['i18n.commitEncoding', 'UTF-8'],
  ['diff.orderFile', '/dev/null'],
  ['core.warnAmbiguousRefs', 'true'],
];

/** Of every command that does not trust the repository to write. */
export const readingConfig: readonly ConfigEntry[] = [...harmless, ...asParsed];

/** The user's own choices, which mean the same in every repository; all other `GIT_…` variables may come from a hook. */
const kept = new Set(
  [
    'GIT_CONFIG_GLOBAL',
    'GIT_CONFIG_SYSTEM',
    'GIT_CONFIG_NOSYSTEM',
    'GIT_CEILING_DIRECTORIES',
    'GIT_SSH',
    'GIT_SSH_COMMAND',
  ].map((name) => name.toLowerCase()),
);

/** Variables that name programs for git to run, besides `GIT_…`. */
const programs = new Set(['editor', 'pager', 'visual', 'ssh_askpass', 'prefix']);

/** The environment of one git command. */
export function gitEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  trust: Trust,
  config: readonly ConfigEntry[] = [],
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    const key = name.toLowerCase();
    if (value === undefined || programs.has(key) || (key.startsWith('git_') && !kept.has(key))) continue;
    env[name] = value;
  }
  env['LC_ALL'] = 'C';
  env['GIT_TERMINAL_PROMPT'] = '0';
  if (trust === 'write') return env;
  if (trust !== 'refresh') env['GIT_OPTIONAL_LOCKS'] = '0';
  const entries = [...readingConfig, ...config];
  env['GIT_CONFIG_COUNT'] = String(entries.length);
  entries.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}
