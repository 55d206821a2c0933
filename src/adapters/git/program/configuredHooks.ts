import type { Git } from './git';

/*
 * Hooks that git's configuration names (`hook.<name>.event` and `.command`, git 2.54 and newer). They run before that of the hooks' folder,
 * and wherever `core.hooksPath` leads. `hook.<name>.enabled` is what keeps one from it; `hook.<event>.enabled` came with 2.55.
 */

/** Their names, whatever they run at. An older git runs none of them. */
export async function configuredHooks(git: Git, folder: string, signal?: AbortSignal): Promise<string[]> {
  const argv = ['config', '--null', '--name-only', '--get-regexp', String.raw`^hook\..*\.event$`];
  const output = await git.try(folder, argv, { trust: 'write', signal });
  const names = (output ?? '').split('\0').flatMap((key) => /^hook\.([^]*)\.event$/.exec(key)?.[1] ?? []);
  return [...new Set(names)];
}

/** Those that this git runs at an event, by its own word: an older one has none to tell of. */
export async function configuredAt(git: Git, folder: string, event: string, signal?: AbortSignal): Promise<string[]> {
  const names = await configuredHooks(git, folder, signal);
  if (names.length === 0) return [];
  // Which of them are switched off is told where nothing is switched off by us. Nothing is run.
  const output = await git.try(folder, ['hook', 'list', event], { trust: 'write', signal });
  return (output ?? '').split('\n').filter((name) => names.includes(name));
}

/**
 * Arguments of a git that is to run none of them, by which 2.54 heeds it as well. `-c` ends a key at its first `=`, this one at the last; the
 * variable is set for each git (see `gitEnvironment`), and says no.
 */
export function withoutConfigured(names: readonly string[]): string[] {
  return names.map((name) => `--config-env=hook.${name}.enabled=GIT_TERMINAL_PROMPT`);
}
