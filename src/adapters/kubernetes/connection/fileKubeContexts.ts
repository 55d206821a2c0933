import { isAppError } from '../../../core/errors';
import type { KubeContext } from '../../../core/clusters/kubeContext';
import type { KubeContexts } from '../../../core/ports/clusters';
import { mergeKubeconfigs, readKubeconfigs } from './kubeconfigFiles';
import { pinContext } from './pinnedContext';

/** The contexts of kubeconfig files. */
export class FileKubeContexts implements KubeContexts {
  async list(kubeconfigs: readonly string[]): Promise<readonly KubeContext[]> {
    const missing = `There is no kubeconfig at ${kubeconfigs.join(', ')}: the setting coppice.cluster.kubeconfig says where it is.`;
    const config = await mergeKubeconfigs(await readKubeconfigs(kubeconfigs, missing));
    const pinned = await Promise.all(
      [...config.contexts.keys()].map(async (name) => {
        try {
          const { server, caSha256, cluster, namespace } = await pinContext(config, name, kubeconfigs);
          return { name, server, caSha256, cluster, namespace };
        } catch (error) {
          // One that leads nowhere keeps nobody from the others.
          if (isAppError(error, 'notConfigured')) return undefined;
          throw error;
        }
      }),
    );
    return pinned.filter((context) => context !== undefined);
  }
}
