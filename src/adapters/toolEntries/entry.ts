import { AppError } from '../../core/errors';
import type { HookTool } from '../../core/agents/hookTools';

/** How Coppice is called. */
export interface Call {
  /** By sh and the like: a program, quoted. */
  readonly unix: string;
  /** By whatever shell of whatever system: the whole command. */
  anywhere(words: string): string;
}

export interface OtherFile {
  readonly file: string;
  readonly text: string;
}

/** How the entry of one tool stands in its file. */
export interface Entry {
  /** Relative to the main worktree's folder, with `/`. */
  readonly file: string;
  /** The file is one person's, although it lies in the repository's folder. */
  readonly isPersonal?: true;
  /** Of the user's own settings, below the user's home; undefined: the tool has none that could hold it. */
  readonly userFile?: string;
  /** The variable that names another folder for it, and where it is in there. */
  readonly movedBy?: readonly [variable: string, file: string];
  /** The tool has no file in a repository that is one person's: it is the user's wherever it is asked for. */
  readonly isOnlyOfUser?: true;
  /** Files of the repository that the tool reads together with this one. */
  readonly alsoRead?: readonly string[];
  /** @param version of the tool that is here; undefined: nobody knows */
  add(text: string | undefined, call: Call, version?: string): string;
  /** What a person is to know of what `add` did: what it left out for that version of the tool, say. */
  noteOf?(after: string, version: string | undefined): string | undefined;
  /**
   * What other files of the same tool say that count together with this one. @returns the one that has the entry already
   * @throws conflict where both cannot be
   */
  addedBeside?(text: string | undefined, others: readonly OtherFile[]): OtherFile | undefined;
  /** What a person is to know of the entry that another file has: what an earlier Coppice has not written there, say. */
  noteBeside?(other: OtherFile): string | undefined;
  /** @returns undefined: nothing is left in the file */
  remove(text: string): string | undefined;
}

/** Whether a command is what `coppice connect` has written, however Coppice was called then; one of another name is not. */
export function isOurs(command: unknown, tool: HookTool): boolean {
  if (typeof command !== 'string') return false;
  return new RegExp(`(?:^|[^\\w.-])coppice\\S*['"]? hook ${tool}(?:$|[ ;])`, 'i').test(command.trim());
}

/** @param entry what a person would write there */
export function byHand(why: string, file: string, entry: string): AppError {
  return new AppError('conflict', `${file} is left as it is: ${why}.`, {
    explanation: `Write there by hand:\n${entry}`,
  });
}
