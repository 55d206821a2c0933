import { traitsOf } from '../../../core/clusterTraits';
import { imageBuilds } from '../../images/imageBuilds';
import { makeImages } from '../../images/makeImages';
import { clusterPart } from './clusterPart';
import { firstOf } from './firstOf';
import { definePart } from './part';
import { worktreePart } from './worktreePart';

/** What is built for services. An image is named by its content, belongs to nobody, and serves the next try: it is not taken back. */
export const imagesPart = definePart({
  id: 'images',
  after: [worktreePart, clusterPart],
  title: 'Build the images',
  wanted: ({ file, cluster }) => traitsOf(cluster).runsImages && imageBuilds(file).length > 0,
  async make({ ports, prepared: { repository, file, copies }, made, signal, tell }) {
    const { route } = made(clusterPart).supply;
    const none: ReadonlyMap<string, string> = new Map();
    if (!route) return { value: none };
    const { worktree } = made(worktreePart);
    // Git ignores them, and they may hold this environment's password: an image is pushed, and others have the same.
    // What a create before this one brought lies there still, whatever the file names now.
    const earlier = (await ports.worktreeFiles.copied(worktree, signal)).filter((path) => !copies.hooks.includes(path));
    const patched = [...Object.keys(file.patch), ...(await ports.worktreeFiles.patched(worktree))];
    const withheld = [...new Set([...copies.paths, ...earlier, ...patched])].sort();
    const request = { repositoryName: repository.name, folder: worktree.path, file, route, withheld };
    const { references, detail } = await makeImages(ports, request, tell, signal);
    const kept = withheld.filter((path) => imageBuilds(file).some(({ build: { context } }) => isBelow(context, path)));
    return { value: references, detail: kept.length === 0 ? detail : `${detail}; without ${firstOf(kept)}` };
  },
});

function isBelow(context: string, path: string): boolean {
  return context === '.' || path.startsWith(`${context}/`);
}
