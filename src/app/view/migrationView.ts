import type { MigrationStatus } from '../../core/migrations/compareMigrations';
import { plural } from '../../core/text/plural';
import type { DatabaseStatus } from '../databases/migrations/migrationStatus';

const shownNames = 5;

/** How far a database is, a line each: what a terminal prints of it. */
export function migrationLines({ database, migrations }: DatabaseStatus): readonly string[] {
  if (migrations.length === 0)
    return [`${database}: no migrations of a tool that Coppice knows are in this worktree, nor in its database.`];
  return migrations.flatMap((status) => [
    `${database}: ${status.tool}${status.folder === '' ? '' : ` in ${status.folder}`}: ${migrationWords(status)}`,
    ...[
      ...namesLine('lacks', status.behind),
      ...namesLine('of these, older than one that it has', status.older),
      ...namesLine('has, and the branch lacks', status.ahead),
      ...namesLine('begun, not finished', status.unfinished),
      ...status.notes,
    ].map((line) => `  ${line}`),
  ]);
}

/** In a few words: "2 behind". */
export function migrationWords({ state, behind, ahead, older, unfinished }: MigrationStatus): string {
  const counts = [
    ...(behind.length > 0 ? [`${behind.length} behind`] : []),
    ...(older.length > 0 ? [`${older.length} of them older`] : []),
    ...(ahead.length > 0 ? [`${ahead.length} ahead`] : []),
  ].join(', ');
  const rest = counts === '' ? '' : `, ${counts}`;
  switch (state) {
    case 'upToDate':
      return 'up to date';
    case 'behind':
    case 'ahead':
      return counts;
    case 'diverged':
      return `diverged${rest}`;
    case 'unfinished':
      return `${plural(unfinished.length, 'unfinished migration')}${rest}`;
    case 'locked':
      return `locked${rest}`;
    case 'unknown':
      return 'not known';
  }
}

function namesLine(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > shownNames ? `, and ${names.length - shownNames} more` : '';
  return [`${what}: ${names.slice(0, shownNames).join(', ')}${more}`];
}
