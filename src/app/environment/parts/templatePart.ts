import { AppError } from '../../../core/errors';
import type { Worktree } from '../../../core/model';
import { refuseUnfinished } from '../../databases/migrations/refuseUnfinished';
import { migrateLine, templatePlace, type TemplatePlace } from '../../databases/template';
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
  async make({ ports, prepared, parts, made, whenMade, othersMade, tell, signal }, notes) {
    const { repository, target, file } = prepared;
    const spec = file.database;
    if (!spec) throw new AppError('bug', 'A template was asked for without a database.');
    const { identity, isFound } = made(namespacePart);
    const { database } = recordedDatabase(identity.parts);
    const [holder, listed] = await Promise.all([
      ports.databases.owner(database, signal),
      ports.worktrees.list(repository, signal),
    ]);
    // What is there is kept, whatever the commands say by now: nothing is to be cloned.
    if (isOwnDatabase(holder, identity.owner)) return { value: spec.template, detail: spec.template };
    const newWorktree = async () => {
      await othersMade();
      return (await whenMade(worktreePart)).worktree;
    };
    const placeAmong = ([main]: readonly Worktree[]): Promise<TemplatePlace> =>
      templatePlace(ports, repository, spec, { main, otherwise: newWorktree, isMadeReady: true }, signal);
    const placeNow = async () => placeAmong(await ports.worktrees.list(repository, signal));
    let place = await placeAmong(listed);
    const settings = ports.settings();
    const variables = variablesOf(parts, {
      ...{ identity, branch: target.branch, settings, mainFolder: repository.root },
      urlPort: portText(await ports.cluster.urlPort()),
    });
    const template = { name: spec.template, repositoryId: repository.id };
    // Most environments find the template built, and their database is cloned while files come. Who builds it waits before others wait for it.
    const ages = await ports.databases.ages({ ...template, recipe: place.recipe }, undefined, signal);
    if (ages?.template !== 'current') {
      await newWorktree();
      // That took its time, in which anybody may have changed the main worktree.
      place = await placeNow();
    }
    const { recipe, migrates } = place;
    const { name, built } = await ports.databases.ensureTemplate(
      { ...template, recipe, migrates },
      async (url, inner = signal) => {
        await othersMade();
        // Who had the lock before took time, too.
        place = await placeNow();
        if (place.recipe !== recipe) throw changedMeanwhile();
        const openFolder = async () => (await newWorktree()).path;
        const used = { openFolder, cluster: made(clusterPart), uses: made(usesPart) };
        await startUsedFirst({ ports, prepared, parts, identity, isFound, tell, ...used }, notes, inner);
        const folder = await place.folder();
        const filling = { folder, url, variables, timeoutSeconds: settings['setup.timeout'], tell };
        try {
          await fillTemplate(ports, { ...file, database: spec }, filling, inner);
          await refuseUnfinished(ports, { url, path: folder, command: migrateLine(spec) }, inner);
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

function changedMeanwhile(): AppError {
  return new AppError('conflict', 'What its commands read has changed since the create began. Try again.', {
    remedy: { title: 'Try Again', action: { kind: 'retry' } },
  });
}
