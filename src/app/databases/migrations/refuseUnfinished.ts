import { AppError } from '../../../core/errors';
import { migrationTools } from '../../../core/migrations/migrationTools';
import { projectsIn, statusesOf, type MigrationStatusPorts } from './migrationStatus';

/** A template that its commands have just filled. */
export interface FilledTemplate {
  /** Its address, as its commands have it. */
  readonly url: string;
  /** Where they ran. */
  readonly path: string;
  /** `database.migrate`, in one line. */
  readonly command: string;
}

/**
 * Looks for what a migration that did not come to its end leaves in its tool's own tables, although the command that ran it says that all
 * is well: each clone would have it, too, and no later migration would run there.
 *
 * @throws failed, naming the tool
 */
export async function refuseUnfinished(
  { tables, files }: Pick<MigrationStatusPorts, 'tables' | 'files'>,
  { url, path, command }: FilledTemplate,
  signal: AbortSignal,
): Promise<void> {
  const projects = await projectsIn(files, { path, command }, signal);
  const statuses = await statusesOf(projects, (wanted) => tables.readBuilt({ url, tables: wanted }, signal));
  for (const { tool, state, unfinished } of statuses) {
    if (state !== 'unfinished' && state !== 'locked') continue;
    const what = state === 'locked' ? `${tool}'s lock taken` : `${unfinished.join(', ')} of ${tool} unfinished`;
    const does = migrationTools.find(({ title }) => title === tool)?.leaves;
    throw new AppError('failed', `database.migrate has ended without an error, and left ${what}.`, {
      explanation: ['Each clone of the template would have that, too.', ...(does === undefined ? [] : [does])].join(
        ' ',
      ),
    });
  }
}
