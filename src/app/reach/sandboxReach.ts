import type { SandboxPlan } from '../../core/agents/sandboxPlan';

/**
 * What stays open to an agent that is started in a sandbox (`claudeSandbox`), for a person. What it writes is run by others, who are in
 * no sandbox: that is said, too.
 */
export function sandboxReach({ hosts, gitFolder }: SandboxPlan): readonly string[] {
  const reached = hosts.length === 0 ? 'no host' : hosts.join(', ');
  return [
    `files: its commands write its worktree and ${gitFolder} (branches and commits of all worktrees; not its hooks and config), and read what this user can read`,
    `network: its commands reach ${reached}, and what your own settings of Claude Code add; only by a proxy, which database clients do not know, and most programs not for names of this machine (curl --noproxy '' does); a name below localhost, as in its URLs, may lead nowhere there, where 127.0.0.1 with its port does`,
    'outside of the sandbox: its tools for files and the web, which ask you, its MCP servers, its hooks, and commands that settings of Claude Code exclude',
    'what it writes others run, with the rights of this user: services, setup and migrations of the environment, and you',
  ];
}
