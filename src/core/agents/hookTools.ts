/**
 * The tools that make worktrees of their own and can call Coppice when they do. git is none of them: its post-checkout hook runs at
 * every switch of a branch as well, in whatever folder of hooks a repository already gives to husky and the like, and what it fails
 * with makes `git worktree add` fail that has long made the worktree. For plain git there is the setting `environments.automatic`.
 */
const worktreeTools = ['claude-code', 'vscode', 'codex', 'cursor', 'worktrunk'] as const;
/** Agents that make no worktrees, and can tell what their sessions do. */
const sessionTools = ['gemini', 'opencode'] as const;

export const hookTools = [...worktreeTools, ...sessionTools] as const;

export type HookTool = (typeof hookTools)[number];

export function makesWorktrees(tool: HookTool): boolean {
  return worktreeTools.some((each) => each === tool);
}
