import { AppError } from '../../../core/errors';
import { fillTemplate, templatePlace } from '../../databases/template';
import { isOwnDatabase, recordedDatabase } from './databaseRecord';
import { databaseServerPart } from './databaseServerPart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { variablesOf } from './variables';
import { worktreePart } from './worktreePart';

/**
 * The template that an environment's database is cloned from. Built in the main worktree while that has the default branch, so
 * that no experiment becomes everybody's template. It serves the environments of the whole repository: none of them takes it back.
 */
export const templatePart = definePart({
  id: 'template',
  after: [namespacePart, databaseServerPart],
  title: 'Prepare the template database',
  wanted: ({ file }) => file.database !== undefined,
  async make({ ports, prepared, parts, made, whenMade, signal }) {
    const { repository, target, file } = prepared;
    const spec = file.database;
    if (!spec) throw new AppError('bug', 'A template was asked for without a database.');
    const { identity } = made(namespacePart);
    const { database } = recordedDatabase(identity.parts);
    // What is there is kept, whatever the commands say by now: nothing is to be cloned.
    if (isOwnDatabase(await ports.databases.owner(database, signal), identity.owner))
      return { value: spec.template, detail: spec.template };
    const newWorktree = async () => (await whenMade(worktreePart)).worktree;
    const place = await templatePlace(ports, repository, spec, newWorktree, signal);
    const variables = variablesOf(parts, { identity, branch: target.branch, settings: ports.settings() });
    const { name, built } = await ports.databases.ensureTemplate(
      { name: spec.template, repositoryId: repository.id, recipe: place.recipe },
      (url, inner) => fillTemplate(ports, spec, place.folder, { ...variables, DATABASE_URL: url }, inner ?? signal),
      signal,
    );
    return { value: name, detail: built ? `${name}, built` : name };
  },
});
