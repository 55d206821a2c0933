import type { RecordKind } from '@coppice/host/migrateRecord';
import { isObject } from './isObject';

export interface CopiedRecord {
  readonly version: 1;
  /** What was copied from the main worktree: a SHA-256 of its content then, by its path in the worktree. */
  readonly files: Readonly<Record<string, string>>;
  /** Those of them that the main worktree had not: a committed file of the worktree itself stood for them. Undefined: none. */
  readonly fromExamples?: readonly string[];
  /** Those of any file that have lines of Coppice's at their end. */
  readonly patched: readonly string[];
  /** What those lines are: a SHA-256 of each, by the file's path. Undefined: an older Coppice wrote all of them. */
  readonly lines?: Readonly<Record<string, readonly string[]>>;
}

/** `coppice-copied.json` in a worktree's git directory. A file that is as it was copied is nobody's work. */
export const copiedRecord: RecordKind<CopiedRecord> = {
  version: 1,
  steps: {},
  problem: ({ files, patched, lines, fromExamples }) => {
    if (!isObject(files) || !Object.values(files).every((hash) => typeof hash === 'string'))
      return '"files" does not say what was copied';
    if (!areTexts(patched)) return '"patched" does not say which files are';
    if (fromExamples !== undefined && !areTexts(fromExamples)) return '"fromExamples" does not say which files are';
    return lines === undefined || (isObject(lines) && Object.values(lines).every(areTexts))
      ? undefined
      : '"lines" does not say which they are';
  },
};

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
