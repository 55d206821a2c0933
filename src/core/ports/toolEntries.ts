import type { HookTool } from '../agents/hookTools';

/** Where a tool reads what it is to call. */
export interface EntryPlace {
  readonly tool: HookTool;
  /** The main worktree's folder. */
  readonly root: string;
  /** `user`: in the tool's settings of this user, for every repository; only for tools that have such. */
  readonly scope: 'repository' | 'user';
}

/** A file as it is, and as it would be; undefined: there is none. */
export interface PlannedEntry {
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Another file of the same tool, which has the entry already: here there is nothing to add, and nothing to take away. */
  readonly isIn?: string;
  /** What else the entry needs, for a person. */
  readonly note?: string;
  /** It is one person's, although it lies in the repository's folder: relative to that, with `/`. */
  readonly personal?: string;
  /** It calls Coppice where that is on this machine. */
  readonly callsByPath?: true;
}

/** Entries in other tools' own files. All else that is in such a file stays as it is, comments included. */
export interface ToolEntries {
  /**
   * Changes nothing. An entry that is there already is the same text again.
   *
   * @throws conflict where it is not sure that nothing else would change: what is to be written by hand, and why
   * @throws invalidInput where the file is not in its format, or the tool has no such place
   */
  plan(place: EntryPlace, action: 'add' | 'remove'): Promise<PlannedEntry>;
  /** @throws conflict when the file is no longer as it was planned from */
  write(planned: PlannedEntry): Promise<void>;
}
