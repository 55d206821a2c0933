import type { SettingRow } from '../settingRow';

export const worktreeSettings: readonly SettingRow[] = [
  {
    key: 'worktree.folder',
    type: 'string',
    default: '${repository}.worktrees/${slug}',
    scope: 'machine-overridable',
    description:
      "Where a new worktree goes, relative to the folder that holds the repository. `${repository}` is the name of the repository's folder, `${slug}` the name made from the branch, `${branch}` the branch itself.",
    minLength: 1,
  },
  {
    key: 'worktree.base',
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    description: "What a new branch starts from: a branch, a tag or a commit. Empty: the repository's default branch.",
    flag: ['--from <base>', 'what a new branch starts from (default: the default branch)'],
  },
  {
    key: 'create.readyTimeout',
    type: 'integer',
    default: 120,
    scope: 'machine-overridable',
    description: 'How many seconds a create waits for the services to become ready before it says which one does not.',
    minimum: 1,
    maximum: 3600,
  },
  {
    key: 'create.steadyTime',
    type: 'integer',
    default: 5,
    scope: 'machine-overridable',
    description:
      'How many seconds a service without a port must run before it counts as ready: nothing can ask it whether it is well. One that ended before must run twice as long.',
    minimum: 0,
    maximum: 600,
  },
  {
    key: 'agent.command',
    type: 'string',
    default: 'claude',
    description:
      "What **Start Agent** starts in a terminal of a worktree's window: a program with its arguments. A shell reads it only if it has what only a shell understands, such as `&&`.",
  },
];
