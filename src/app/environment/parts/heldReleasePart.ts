import type { WorktreeValues } from '../../../core/ports/releases';
import { clusterPart } from './clusterPart';
import { envFilesPart } from './envFilesPart';
import { imagesPart } from './imagesPart';
import { installHeld } from './installServices';
import { namespacePart } from './namespacePart';
import { definePart, type Made } from './part';
import { usesPart } from './usesPart';

/**
 * The release of a new environment, while its files come and its database is cloned: with all that a cluster has to be told of its
 * services, which are held. What is not known before the files are there would be guessed: such an environment has none.
 */
export const heldReleasePart = definePart({
  id: 'held-release',
  after: [clusterPart, namespacePart],
  title: 'Prepare the services',
  wanted: (asked) =>
    asked.identity === undefined &&
    asked.file.chart === undefined &&
    ![imagesPart, envFilesPart, usesPart].some((part) => part.wanted?.(asked) ?? true),
  /** Whether the release was begun. */
  notes: () => ({ isBegun: false }),
  async make({ ports, prepared, parts, made, signal }, notes): Promise<Made<WorktreeValues | undefined>> {
    const { identity, isFound } = made(namespacePart);
    // Of what an earlier try has begun there may be a release, of which something runs.
    if (isFound || prepared.isAdopted) return { value: undefined, detail: 'begun by an earlier try' };
    notes.isBegun = true;
    const { file, folderOf } = prepared;
    const folder = folderOf(identity.names.slug);
    const cluster = made(clusterPart);
    const more = { images: undefined, envFiles: undefined, uses: undefined };
    return { value: await installHeld({ ports, prepared, parts, identity, file, cluster, folder, ...more }, signal) };
  },
  async undo({ ports, made, signal }, { isBegun }) {
    if (!isBegun) return;
    const { release, namespace } = made(namespacePart).identity.names;
    await ports.releases.uninstall(release, namespace, made(clusterPart).access, signal);
  },
});
