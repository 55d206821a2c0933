import type { SettingGroup } from '../settingRow';

export const cleanUpSettings: SettingGroup = {
  type: 'CleanUpSettings',
  title: 'Clean Up and Trash',
  keywords: ['disk', 'space', 'unused', 'prune', 'remove', 'undo', 'old'],
  rows: [
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
        'After how many days without use **Clean Up and Free Disk** and `coppice clean` propose a worktree that nothing protects. Nothing is removed without a yes. Zero: whenever it was used.',
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
        'A worktree is removed with its environment where **Clean Up and Free Disk** would propose it; where something of it protects it, the environment alone.',
      ],
      description:
        'Whether environments that nobody has used for `#coppice.clean.days#` days, and for one day at least, are removed by themselves. A day before that it is said on their rows, by a window of their repository and by `coppice clean`; whoever uses one meanwhile, or keeps it (**Keep Environment**, `coppice clean --keep`), takes that back. It is looked for once an hour while a window is used, and after `coppice create`, `delete` and `clean`; a day in which nobody looked is not counted in full. Removed is only what a cleanup removes without asking: nothing that holds work or data of its own, is locked, or is in use. Only environments of the embedded cluster go, as others do not tell when they were used, and only where it can be told which programs work in a folder. A worktree goes into the trash (`#coppice.trash.hours#`).',
    },
  ],
};
