import type { Git } from './git';
import type { ConfigEntry } from './gitEnvironment';

/**
 * Configuration that takes away the filters (`filter.<name>.clean` and so on) which the repository's own configuration
 * brings along, and gives back the user's own of that name: `git status` runs them on files that look changed, and anybody who can
 * write to a worktree can write that configuration.
 */
export async function repositoryFilters(
  git: Git,
  gitDir: string,
  signal?: AbortSignal,
): Promise<{ readonly config: readonly ConfigEntry[]; readonly perWorktree: boolean }> {
  const pattern = '^(filter\\..*\\.(clean|smudge|process|required)|extensions\\.worktreeconfig)$';
  const output = await git.try(gitDir, ['config', '--null', '--show-scope', '--get-regexp', pattern], {
    trust: 'read',
    signal,
    env: { GIT_DIR: gitDir },
  });
  const own = new Map<string, string>();
  const users = new Map<string, string>();
  let perWorktree = false;
  const fields = (output ?? '').split('\0');
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const scope = fields[index];
    // A key without a value has no line end.
    const [key = '', ...rest] = (fields[index + 1] ?? '').split('\n');
    const value = rest.length === 0 ? 'true' : rest.join('\n');
    if (key === 'extensions.worktreeconfig') perWorktree ||= value !== 'false';
    else if (scope === 'system' || scope === 'global') users.set(key, value);
    else if (scope === 'local' || scope === 'worktree') own.set(key, value);
  }
  const config = [...own.keys()].map((key): ConfigEntry => {
    const none = key.endsWith('.required') ? 'false' : '';
    return [key, users.get(key) ?? none];
  });
  return { config, perWorktree };
}
