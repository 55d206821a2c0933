import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { AppError } from '../../core/errors';
import type { KubeconfigOfCluster } from '../../core/ports/localClusters';

interface Kubeconfig {
  readonly clusters?: readonly {
    readonly name?: string;
    readonly cluster?: { readonly server?: string; readonly 'certificate-authority-data'?: string };
  }[];
  readonly contexts?: readonly { readonly name?: string; readonly context?: { readonly cluster?: string } }[];
}

/**
 * What `k3d kubeconfig get` printed for one cluster leads to.
 *
 * @throws failed when there is no context of the cluster's name, or it leads nowhere
 */
export function parseKubeconfig(name: string, text: string): KubeconfigOfCluster['identity'] {
  const context = `k3d-${name}`;
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Kubeconfig | null);
  const config = documents.find((one) => one?.contexts?.some((candidate) => candidate.name === context));
  const clusterName = config?.contexts?.find((candidate) => candidate.name === context)?.context?.cluster;
  const cluster = config?.clusters?.find((candidate) => candidate.name === clusterName)?.cluster;
  const server = cluster?.server;
  const authority = cluster?.['certificate-authority-data'];
  if (server === undefined || authority === undefined || !URL.canParse(server))
    throw new AppError('failed', `What "k3d kubeconfig get" printed for ${name} has no context ${context}.`);
  return {
    kind: 'k3d',
    context,
    server,
    caSha256: createHash('sha256').update(Buffer.from(authority, 'base64')).digest('hex'),
  };
}
