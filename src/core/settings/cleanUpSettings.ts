// Written by "npm run manifest" from manifest/settings: change it there.

/** Clean Up and Trash: the keys are those of VS Code without the prefix `coppice.`. */
export interface CleanUpSettings {
  /**
   * How many hours a deleted worktree stays in the trash, a folder in the git directory of its repository, from where
   * **Undo Delete** brings it back; its database is kept as long, and comes back with the next create. Zero: files
   * and database are deleted at once.
   */
  readonly 'trash.hours': number;
  /**
   * After how many days without use **Clean Up and Free Disk** and `coppice clean` propose a worktree that nothing
   * protects. Nothing is removed without a yes. Zero: whenever it was used.
   */
  readonly 'clean.days': number;
  /**
   * Whether environments that nobody has used for `coppice.clean.days` days, and for one day at least, are removed by
   * themselves. A day before that it is said on their rows, by a window of their repository and by `coppice clean`;
   * whoever uses one meanwhile, or keeps it (**Keep Environment**, `coppice clean --keep`), takes that back. It is
   * looked for once an hour while a window is used, and after `coppice create`, `delete` and `clean`; a day in which
   * nobody looked is not counted in full. Removed is only what a cleanup removes without asking: nothing that holds
   * work or data of its own, is locked, or is in use. Only environments of the embedded cluster go, as others do not
   * tell when they were used, and only where it can be told which programs work in a folder. A worktree goes into the
   * trash (`coppice.trash.hours`).
   */
  readonly 'clean.automatic': string;
}
