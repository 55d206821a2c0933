import type { SettingGroup } from '../settingRow';

export const worktreeSettings: SettingGroup = {
  type: 'WorktreeSettings',
  title: 'Worktrees',
  keywords: ['branch', 'checkout', 'create', 'environment'],
  rows: [
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
      description:
        "What a new branch starts from: a branch, a tag or a commit. Empty: the repository's default branch.",
      flag: ['--from <base>', 'what a new branch starts from (default: the default branch)'],
    },
    {
      key: 'pool.size',
      type: 'integer',
      default: 0,
      scope: 'machine-overridable',
      description:
        'How many worktrees of a repository are kept ready for its next creates: checked out at the tip of what new branches start from, with the dependencies that its lockfiles say where their installs were approved. A create of a new branch takes one, moves it to its place and switches it to the branch; the next is made in the background, while `#coppice.start.freeMemory#` and `#coppice.start.load#` leave room. They take disk space and no memory. 0: none.',
      minimum: 0,
      maximum: 3,
    },
    {
      key: 'setup.timeout',
      type: 'integer',
      default: 600,
      scope: 'machine-overridable',
      description:
        'How many seconds a command of `setup` in coppice.yaml, `migrate` or `seed` may take before it is ended and counts as failed. A command that says its own `timeout` there has that one.',
      minimum: 1,
      maximum: 86400,
    },
    {
      key: 'create.readyTimeout',
      type: 'integer',
      default: 120,
      scope: 'machine-overridable',
      description:
        'How many seconds a create waits for the services to become ready before it says which one does not.',
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
      key: 'environments.automatic',
      type: 'string',
      default: 'never',
      enum: ['never', 'ask', 'always'],
      enumDescriptions: [
        'They are listed, and get an environment when you ask for one.',
        'The status bar offers to create the environment.',
        'The environment is created at once, where the texts of the commands in its coppice.yaml are approved.',
      ],
      description:
        "What a window does with a worktree that others make while it is open: `git worktree add`, VS Code itself, an agent. Commands are approved by their text, not by the files that they read: `npm run dev`, once approved, runs on the branch of a fork whatever that branch's own `package.json` calls `dev`. With `always` that happens as soon as such a branch is checked out into a worktree, and nobody is asked; leave it at `never` or `ask` where you check out what others wrote.",
    },
    {
      key: 'notices.failing',
      type: 'boolean',
      default: false,
      description:
        'Whether you are told once of each environment that begins to fail, with **Show Logs**, and again only after it was well: in the window of its worktree, when you look at it, where one is open, else in the window that you look at. Its row, the badge of the view and the status bar tell it in any case.',
    },
  ],
};
