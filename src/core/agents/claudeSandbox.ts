import type { AgentSandbox } from './sandboxPlan';

/**
 * Claude Code's own sandbox of commands, as 2.1.332 describes each of these settings in its program and was seen to keep them
 * (`test/contract/tools/claudeSandbox.test.ts`). As an argument, and in no file: `strictAllowlist`, without which a host is a question of
 * a moment and a repository's own settings add hosts, counts in no settings of a project, local ones included; and the agent cannot
 * write what it is started with.
 *
 * Its git directory is not named: of a linked worktree it finds that itself, and keeps `hooks` and `config` in it from being written,
 * which a folder that is allowed by name might not. `allowLocalBinding` is left out, as on macOS it opens all of the loopback address.
 */
export const claudeSandbox: AgentSandbox = {
  option: '--settings',
  arguments: ({ hosts }) => [
    '--settings',
    JSON.stringify({
      sandbox: {
        enabled: true,
        failIfUnavailable: true,
        allowUnsandboxedCommands: false,
        network: { allowedDomains: hosts, strictAllowlist: true },
      },
    }),
  ],
  needs: [
    ['bwrap', 'bubblewrap'],
    ['socat', 'socat'],
  ],
  page: 'https://code.claude.com/docs/en/sandboxing',
};
