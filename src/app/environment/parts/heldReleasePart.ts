import { traitsOf } from '../../../core/clusterTraits';
import { imageBuilds } from '../../images/imageBuilds';
import { clusterPart } from './clusterPart';
import { installServices } from './installServices';
import { namespacePart } from './namespacePart';
import { definePart, type Asked } from './part';

/**
 * The services as one Helm release that holds all of them: it is made while files and database come, and `releasePart` lets them start.
 * Only for a new environment, and where all that Helm gets is known by then; whatever turns out otherwise, `releasePart` installs it anew.
 */
export const heldReleasePart = definePart({
  id: 'held-release',
  after: [clusterPart, namespacePart],
  title: 'Install the services',
  wanted: isHeldFirst,
  /** Whether there may be a release. */
  notes: () => ({ isBegun: false }),
  async make({ ports, prepared, parts, made, signal }, notes) {
    const { file, folderOf } = prepared;
    const { identity, isFound } = made(namespacePart);
    // What an earlier try has left may run.
    if (isFound) return { value: undefined, detail: 'later: there may be some of an earlier try' };
    notes.isBegun = true;
    const folder = folderOf(identity.names.slug);
    const cluster = made(clusterPart);
    const run = { ports, prepared, parts, identity, file, cluster, folder, images: undefined, envFiles: undefined };
    const value = await installServices({ ...run, uses: undefined, isHeld: true }, signal);
    return { value, detail: `${identity.names.release}, held` };
  },
  async undo({ ports, made, signal }, { isBegun }) {
    if (!isBegun) return;
    const { release, namespace } = made(namespacePart).identity.names;
    await ports.releases.uninstall(release, namespace, made(clusterPart).access, signal);
  },
});

/** A chart of the repository's own may know no hold; and what is used may be installed before all else. */
export function isHeldFirst({ file, target, identity, cluster }: Asked): boolean {
  const isKnown =
    (file.uses ?? []).length === 0 &&
    !file.services.some(({ envFile = [] }) => envFile.length > 0) &&
    !(traitsOf(cluster).runsImages && imageBuilds(file).length > 0);
  return identity === undefined && target.kind !== 'worktree' && file.chart === undefined && isKnown;
}
