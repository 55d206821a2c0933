import { clusterName } from '../../core/clusters/clusterRules';
import { embeddedIdentity } from '../../core/clusterTraits';
import { AppError } from '../../core/errors';
import type { ChosenCluster, ClusterChoices } from '../../core/ports/clusters';
import type { Settings } from '../../core/settings';

export interface ChoicePorts {
  readonly choices: ClusterChoices;
  readonly settings: () => Pick<Settings, 'cluster.default' | 'cluster.allowedContexts'>;
}

export const embeddedCluster: ChosenCluster = { identity: embeddedIdentity, kubeconfigs: [] };

/**
 * Where a repository's environments run: what was chosen for it, else what the setting says.
 *
 * @throws notConfigured when the setting names a context that never was chosen: then nothing pins it
 */
export async function chosenCluster(ports: ChoicePorts, repositoryId: string): Promise<ChosenCluster> {
  const chosen = await ports.choices.read(repositoryId);
  if (chosen) return chosen;
  const name = ports.settings()['cluster.default'];
  if (name === '' || name === clusterName(embeddedIdentity)) return embeddedCluster;
  const known = (await ports.choices.allowed()).findLast(({ identity }) => identity.context === name);
  if (known) return known;
  throw new AppError(
    'notConfigured',
    `The setting coppice.cluster.default names ${JSON.stringify(name)}, which was never chosen: choose it once, so that it is known which cluster is meant.`,
    { remedy: { title: 'Choose Cluster…', action: { kind: 'chooseCluster' } } },
  );
}
