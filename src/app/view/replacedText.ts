import type { ReplacedDatabase } from '../../core/ports/databaseSnapshots';

/** What became of the database that another has taken the place of. @param done a sentence: what is there now */
export function replacedText(done: string, { kept, dropped }: ReplacedDatabase): string {
  const gone = dropped.length === 0 ? '' : ` Gone is what was kept so before: ${dropped.join(', ')}.`;
  return `${done} What it replaces is the snapshot ${kept.name}.${gone}`;
}
