import type { MigrationStatus } from '../../../core/migrations/compareMigrations';
import type { DatabaseStatus } from '../../databases/migrations/migrationStatus';

/**
 * What the branch's migrations are not in its database for, although the command that brings them has ended well: some tools pass over an
 * older one without a word. Of several folders of one tool, and of several tools, nobody knows which of them that command is for.
 */
export function unreached({ migrations }: DatabaseStatus): MigrationStatus | undefined {
  const [first, ...others] = migrations;
  if (first && others.length === 0 && (first.state === 'behind' || first.state === 'locked')) return first;
  return migrations.find(
    ({ tool, state }) =>
      (state === 'diverged' || state === 'unfinished') && migrations.filter((each) => each.tool === tool).length === 1,
  );
}
