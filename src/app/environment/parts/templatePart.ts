import { AppError } from '../../../core/errors';
import { refuseUnfinished } from '../../databases/migrations/refuseUnfinished';
import { migrateLine, templatePlace } from '../../databases/template';
import { fillTemplate } from '../commands/fillTemplate';
import { isOwnDatabase, recordedDatabase } from './databaseRecord';
import { clusterPart } from './clusterPart';
import { databaseServerPart } from './databaseServerPart';
import { namespacePart } from './namespacePart';
import { definePart } from './part';
import { endUsedFirst, startUsedFirst, withTroubleOfUsed, type UsedBeforeTemplate } from './usedBeforeTemplate';
import { usesPart } from './usesPart';
import { portText, variablesOf } from './variables';
import { worktreePart } from './worktreePart';

/**
 * The template that an environment's database is cloned from. Built in the main worktree while that has the default branch, or in a
 * new one of the same commit, so that no experiment becomes everybody's template. It serves the environments of the whole repository: none of them takes it back.
 */
export const templatePart = definePart({
  id: 'template',
  // What is used, so that it runs for the commands, and is taken back first.
  after: [clusterPart, namespacePart, databaseServerPart, usesPart],
  title: 'Prepare the template database',
  wanted: ({ file }) => file.database !== undefined,
  notes: (): UsedBeforeTemplate => ({ isBegun: false, trouble: undefined }),
  async make({ ports, prepared, parts, made, whenMade, tell, signal }, notes) {
    const { repository, target, file } = prepared;
    const spec = file.database;
    if (!spec) throw new AppError('bug', 'A template was asked for without a database.');
    const { identity, isFound } = made(namespacePart);
    const { database } = recordedDatabase(identity.parts);
    // What is there is kept, whatever the commands say by now: nothing is to be cloned.
    if (isOwnDatabase(await ports.databases.owner(database, signal), identity.owner))
      return { value: spec.template, detail: spec.template };
    const newWorktree = async () => (await whenMade(worktreePart)).worktree;
    const place = await templatePlace(ports, repository, spec, newWorktree, signal, true);
    const settings = ports.settings();
    const variables = variablesOf(parts, {
      ...{ identity, branch: target.branch, settings, mainFolder: repository.root },
      urlPort: portText(await ports.cluster.urlPort()),
    });
    const filling = { folder: place.folder, variables, timeoutSeconds: settings['setup.timeout'], tell };
    const { name, built } = await ports.databases.ensureTemplate(
      { name: spec.template, repositoryId: repository.id, recipe: place.recipe, migrates: place.migrates },
      async (url, inner = signal) => {
        // Only now: most environments find the template built.
        const openFolder = async () => (await newWorktree()).path;
        const used = { openFolder, cluster: made(clusterPart), uses: made(usesPart) };
        await startUsedFirst({ ports, prepared, parts, identity, isFound, tell, ...used }, notes, inner);
        try {
          await fillTemplate(ports, { ...file, database: spec }, { ...filling, url }, inner);
          await refuseUnfinished(ports, { url, path: place.folder, command: migrateLine(spec) }, inner);
        } catch (error) {
          throw withTroubleOfUsed(error, notes);
        }
      },
      signal,
    );
    return { value: name, detail: built ? `${name}, built` : name };
  },
  undo: ({ ports, made, signal }, notes) =>
    endUsedFirst(ports, made(namespacePart).identity, made(clusterPart), notes, signal),
});
