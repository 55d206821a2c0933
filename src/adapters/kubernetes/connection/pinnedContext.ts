import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '../../../core/errors';
import type { Kubeconfig } from './kubeconfigFiles';

/** One context of a kubeconfig with all that it needs, and nothing else. */
export interface PinnedContext {
  readonly name: string;
  /** Without a slash at its end. */
  readonly server: string;
  /** SHA-256 over the PEM of the certificate authority, hex; undefined where there is none. */
  readonly caSha256: string | undefined;
  /** Name of the cluster's entry. */
  readonly cluster: string;
  readonly namespace: string | undefined;
  /** A kubeconfig of this context alone, as JSON: no relative paths, the certificate authority in it. */
  readonly kubeconfig: string;
}

/**
 * Takes one context out of a kubeconfig. The kubeconfig's own current context plays no part.
 *
 * @param kubeconfigs its files, for messages
 * @throws notConfigured when there is no such context, or it leads nowhere
 */
export async function pinContext(
  config: Kubeconfig,
  name: string,
  kubeconfigs: readonly string[],
): Promise<PinnedContext> {
  const context = config.contexts.get(name);
  const files = kubeconfigs.join(', ');
  if (!context) throw noContext(`The kubeconfig ${files} has no context ${JSON.stringify(name)} any more.`);
  const clusterName = textOf(context['cluster']);
  const cluster = clusterName === undefined ? undefined : config.clusters.get(clusterName);
  const server = textOf(cluster?.['server'])?.replace(/\/$/, '');
  if (clusterName === undefined || !cluster || server === undefined || !URL.canParse(server)) {
    throw noContext(`The context ${JSON.stringify(name)} of the kubeconfig ${files} leads to no server.`);
  }
  const { 'certificate-authority': _file, 'certificate-authority-data': _data, ...rest } = cluster;
  const authority = await authorityOf(cluster);
  const userName = textOf(context['user']);
  const user = userName === undefined ? undefined : config.users.get(userName);
  const namespace = textOf(context['namespace']);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: clusterName,
        cluster: {
          ...rest,
          server,
          ...(authority ? { 'certificate-authority-data': authority.toString('base64') } : {}),
        },
      },
    ],
    ...(userName === undefined || !user ? {} : { users: [{ name: userName, user }] }),
    contexts: [
      {
        name,
        context: {
          cluster: clusterName,
          ...(userName === undefined ? {} : { user: userName }),
          ...(namespace === undefined ? {} : { namespace }),
        },
      },
    ],
    'current-context': name,
  };
  return {
    name,
    server,
    caSha256: authority && createHash('sha256').update(authority).digest('hex'),
    cluster: clusterName,
    namespace,
    kubeconfig: `${JSON.stringify(kubeconfig, undefined, 2)}\n`,
  };
}

/** Data counts before a file, as for kubectl. */
async function authorityOf(cluster: Readonly<Record<string, unknown>>): Promise<Buffer | undefined> {
  const data = textOf(cluster['certificate-authority-data']);
  if (data !== undefined) return Buffer.from(data, 'base64');
  const file = textOf(cluster['certificate-authority']);
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    throw new AppError('notConfigured', `The certificate authority ${file} of the kubeconfig cannot be read.`, {
      explanation: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function noContext(message: string): AppError {
  return new AppError('notConfigured', message, {
    remedy: { title: 'Choose Cluster…', action: { kind: 'chooseCluster' } },
  });
}
