import { traitsOf } from '../../../core/clusterTraits';
import { imageBuilds } from '../../images/imageBuilds';
import { makeImages } from '../../images/makeImages';
import { clusterPart } from './clusterPart';
import { definePart } from './part';
import { worktreePart } from './worktreePart';

/** What is built for services. An image is named by its content, belongs to nobody, and serves the next try: it is not taken back. */
export const imagesPart = definePart({
  id: 'images',
  after: [worktreePart, clusterPart],
  title: 'Build the images',
  wanted: ({ file, cluster }) => traitsOf(cluster).runsImages && imageBuilds(file).length > 0,
  async make({ ports, prepared: { repository, file }, made, signal, tell }) {
    const { route } = made(clusterPart).supply;
    const none: ReadonlyMap<string, string> = new Map();
    if (!route) return { value: none };
    const folder = made(worktreePart).worktree.path;
    const request = { repositoryName: repository.name, folder, file, route };
    const { references, detail } = await makeImages(ports, request, tell, signal);
    return { value: references, detail };
  },
});
