import type { WorktreeReach } from './readReach';

/** What a worktree reaches, in the words of editor and terminal alike: a line each, for a person. */
export function reachText({ name, reached, closed, sandboxed }: WorktreeReach): readonly string[] {
  return [
    `What runs in ${name} can reach, beside its own environment:`,
    ...reached.map(({ kind, what, means }) => `  ${kind}: ${what}${means === '' ? '' : `; ${means}`}`),
    `Not open now:${closed.length === 0 ? ' nothing that was looked for.' : ''}`,
    ...closed.map((each) => `  ${each}`),
    'An agent that is started in a sandbox (Claude Code, --sandbox) reaches less; open to it stays:',
    ...sandboxed.map((each) => `  ${each}`),
  ];
}
