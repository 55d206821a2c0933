import { migrationLines, migrationWords } from '../../view/migrationView';
import type { DueResult } from './migrateIfDue';

/** Why a database lacks what its branch's migrations make; undefined: it does not. */
export function unmigrated(result: DueResult, database: string): Unmigrated | undefined {
  if ('failure' in result) {
    const { message, explanation = '' } = result.failure;
    const lines = explanation.split('\n').map((line) => `  ${line}`);
    return { short: message, trouble: [message, ...lines, nextMigration(database)].join('\n') };
  }
  if (!('left' in result)) return undefined;
  const { left, status } = result;
  return {
    short: `${migrationWords(left)}: ${left.notes.join(' ')}`,
    trouble: migrationLines(status).join('\n'),
  };
}

export interface Unmigrated {
  /** In a line. */
  readonly short: string;
  /** A line, and more of them for who wants to know. */
  readonly trouble: string;
}

/** What can be done about one that failed: a sentence. */
export function nextMigration(database: string): string {
  return `Once that is mended, "coppice database migrate" runs it again on ${database}, and so does the next update.`;
}
