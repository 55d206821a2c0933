import { traitsOf } from '../../../core/clusterTraits';
import { slugCandidates } from '../../../core/naming';
import type { Cluster } from '../../../core/ports/cluster';
import type { Locks } from '../../../core/ports/host';
import { imageBuilds } from '../../images/imageBuilds';
import { makeImages } from '../../images/makeImages';
import { podSupply, type PodSupply, type SupplyPorts } from '../../images/podSupply';
import type { PreparedCreate } from './prepareCreate';
import type { Step } from '../../run/steps';
import type { PodValues } from '../parts/worktreeValues';

export type PodsPorts = SupplyPorts & {
  readonly cluster: Pick<Cluster, 'identity'>;
  readonly sha256: (text: string) => string;
  readonly locks: Locks;
};

/** What the pods of a create need besides the chart: images, and the worktree's folder. */
export class CreationPods {
  readonly #ports: PodsPorts;
  readonly #prepared: PreparedCreate;
  #supply: PodSupply | undefined;
  #references: ReadonlyMap<string, string> = new Map();

  constructor(ports: PodsPorts, prepared: PreparedCreate) {
    this.#ports = ports;
    this.#prepared = prepared;
  }

  /** Asks whether the cluster can run what is to be created, before anything is. @throws as `podSupply` */
  async ask(signal: AbortSignal): Promise<void> {
    const { cluster } = this.#ports;
    const { file } = this.#prepared;
    this.#supply = await podSupply(
      this.#ports,
      cluster.identity,
      file,
      expectedFolder(this.#ports, this.#prepared),
      signal,
    );
  }

  /** @param folder the worktree's, once it is checked out. undefined: nothing is built */
  step(folder: () => string): Step | undefined {
    if (!needsImages(this.#ports, this.#prepared)) return undefined;
    return {
      id: 'images',
      title: 'Build the images',
      after: ['worktree'],
      run: async ({ signal, tell }) => {
        const route = this.#supply?.route;
        if (!route) return undefined;
        const { repository, file } = this.#prepared;
        const request = { repositoryName: repository.name, folder: folder(), file, route };
        const { references, detail } = await makeImages(this.#ports, request, tell, signal);
        this.#references = references;
        return detail;
      },
      // Without an undo: an image is named by its content, belongs to nobody, and serves the next try.
    };
  }

  /** @param folder the worktree's */
  values(folder: string): PodValues {
    return { images: this.#references, nodeFolder: this.#supply?.nodeFolder?.(folder) };
  }
}

/** What has to be built for a create; the embedded cluster runs processes, which need no images. */
export function needsImages(ports: Pick<PodsPorts, 'cluster'>, { file }: Pick<PreparedCreate, 'file'>): boolean {
  return traitsOf(ports.cluster.identity).runsImages && imageBuilds(file).length > 0;
}

/** Where the worktree will be, but for the ending that its slug may get when somebody else holds it. */
export function expectedFolder({ sha256 }: Pick<PodsPorts, 'sha256'>, prepared: PreparedCreate): string {
  const { identity, owner, target, folderOf } = prepared;
  return folderOf(identity?.names.slug ?? slugCandidates(owner.repositoryId, target.ref, sha256).next().value);
}
