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
    key: 'trash.hours',
    type: 'integer',
    default: 24,
    description:
      'How many hours a deleted worktree stays in the trash, a folder in the git directory of its repository, from where **Undo Delete** brings it back; its database is kept as long, and comes back with the next create. Zero: files and database are deleted at once.',
    minimum: 0,
    maximum: 8760,
  },
  {
    key: 'clean.days',
    type: 'integer',
    default: 7,
    scope: 'machine-overridable',
    description:
      'After how many days without use **Clean Up Worktrees** and `coppice clean` propose a worktree that nothing protects. Nothing is removed without a yes. Zero: whenever it was used.',
    minimum: 0,
    maximum: 3650,
  },
  {
    key: 'clean.automatic',
    type: 'string',
    default: 'never',
    enum: ['never', 'environments', 'worktrees'],
    enumDescriptions: [
      'They are proposed, and removed when you say so.',
      'Environments are removed; their worktrees stay as they are.',
      'A worktree is removed with its environment where **Clean Up Worktrees** would propose it; where something of it protects it, the environment alone.',
    ],
    description:
      'Whether environments that nobody has used for `#coppice.clean.days#` days, and for one day at least, are removed by themselves. A day before that it is said on their rows, by a window of their repository and by `coppice clean`; whoever uses one meanwhile, or keeps it (**Keep Environment**, `coppice clean --keep`), takes that back. It is looked for once an hour while a window is used, and after `coppice create`, `delete` and `clean`; a day in which nobody looked is not counted in full. Removed is only what a cleanup removes without asking: nothing that holds work or data of its own, is locked, or is in use. Only environments of the embedded cluster go, as others do not tell when they were used, and only where it can be told which programs work in a folder. A worktree goes into the trash (`#coppice.trash.hours#`).',
  },
  {
    key: 'sleep.after',
    type: 'integer',
    default: 0,
    scope: 'machine-overridable',
    description:
      'After how many minutes an environment in the embedded cluster is put to sleep of which nobody wants anything: no request to its URLs, no connection of anybody else with its services that is open, nor of these with another machine, no change of a file or a commit, no program in its folder besides its own services, as a terminal or an agent is, and no service that has used more than a little of a processor in that time. It does not see what a service does now and then without any of that, as a worker that asks a queue of this machine once a minute: leave it at 0 where such work must not be ended. Where it cannot be told, as on macOS and Windows what runs in a folder, it stays awake. As use is compared between two looks, it may take twice as long. It counts from the next create or update of the environment. 0: never.',
    minimum: 0,
    maximum: 43200,
  },
  {
    key: 'start.freeMemory',
    type: 'integer',
    default: 512,
    description:
      'How many megabytes of memory are to stay free on this machine when an environment of the embedded cluster starts. Where less is free, or its services would leave less by what others of its repository use, a create, a wake, and an update that starts more wait; what waits says so. A wake by a request to its URL goes by what this and the other limits of a start were at its last create or update. On Linux free is what the kernel calls available, within the limits of control groups; on macOS what its memory pressure leaves; where the system does not tell, nothing waits. 0: nothing waits for memory.',
    minimum: 0,
    maximum: 1048576,
  },
  {
    key: 'start.load',
    type: 'integer',
    default: 0,
    description:
      'Above which load for each processor an environment of the embedded cluster is not started: the programs that run or wait for a processor, over the last minute. Windows has no such figure. 0: nothing waits for it.',
    minimum: 0,
    maximum: 1000,
  },
  {
    key: 'start.waitTime',
    type: 'integer',
    default: 600,
    description:
      'How many seconds the start of an environment waits for `#coppice.start.freeMemory#` and `#coppice.start.load#` before it fails and says why. 0: it fails at once.',
    minimum: 0,
    maximum: 86400,
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
    key: 'agent.command',
    type: 'string',
    default: 'claude',
    description:
      "What **Start Agent** starts in a terminal of a worktree's window: a program with its arguments. A shell reads it only if it has what only a shell understands, such as `&&`. How `claude`, `codex`, `gemini` and `opencode` take a prompt and go on with their last session is known; for another one write `${prompt}` or `${promptFile}` where it has the prompt, such as `aider --message-file ${promptFile}`.",
  },
  {
    key: 'agent.startWhen',
    type: 'string',
    default: 'ready',
    scope: 'machine-overridable',
    description:
      'When an agent is started that was asked for with a new worktree, by **Create Worktree and Start Agent…** or `coppice create --go`.',
    enum: ['ready', 'atOnce'],
    enumDescriptions: [
      'When its environment is ready; where it does not become so, it is not started, and why is told.',
      'When its environment is made, ready or not: the agent may be what mends it.',
    ],
  },
];
