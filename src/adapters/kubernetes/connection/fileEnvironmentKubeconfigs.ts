import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1ServiceAccount } from '@kubernetes/client-node';
import { isAppError } from '../../../core/errors';
import type { EnvironmentKubeconfigs } from '../../../core/ports/environmentKubeconfigs';
import type { KubeConnection } from './kubeConnection';
import { isFields } from './kubeconfigFiles';
import { writePrivateFile } from '@coppice/host/writePrivateFile';

/** Made by the chart, with rights in its own namespace only. */
const accountName = 'worktree';
/** A cluster may give less. */
const wishedSeconds = 7 * 24 * 60 * 60;
const extensionName = 'coppice.dev';

/** What is remembered beside a token. */
interface Issued {
  readonly token: string;
  /** Uid of its account: another one of that name is not let in by it. */
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly renewAfter: number;
}

/** One file an environment, for one cluster. */
export class FileEnvironmentKubeconfigs implements EnvironmentKubeconfigs {
  /** @param folder absolute, for this cluster alone; made when it is first needed */
  constructor(
    private readonly connection: KubeConnection,
    private readonly folder: string,
    private readonly now: () => number = Date.now,
  ) {}

  async ensure(namespace: string, signal?: AbortSignal): Promise<string> {
    const path = this.#pathOf(namespace);
    const before = await readFile(path, 'utf8').catch(() => undefined);
    const issued = await this.#issue(namespace, before === undefined ? undefined : issuedIn(before), signal);
    const { kubeconfig } = await this.connection.pinned();
    const text = kubeconfigText(kubeconfig, namespace, issued);
    if (text !== before) await writePrivateFile(path, text);
    return path;
  }

  async remove(namespace: string): Promise<void> {
    await rm(this.#pathOf(namespace), { force: true });
  }

  #pathOf(namespace: string): string {
    return join(this.folder, `${encodeURIComponent(namespace)}.json`);
  }

  async #issue(
    namespace: string,
    known: Issued | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Issued | undefined> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${accountName}`;
    const resource = `service account "${accountName}" in namespace "${namespace}"`;
    try {
      const account = await this.connection.json<V1ServiceAccount>(
        { method: 'GET', path, verb: 'read', resource },
        signal,
      );
      const uid = account.metadata?.uid ?? '';
      const asked = this.now();
      if (known?.account === uid && asked < known.renewAfter) return known;
      const { status } = await this.connection.json<TokenRequest>(
        {
          method: 'POST',
          path: `${path}/token`,
          body: {
            apiVersion: 'authentication.k8s.io/v1',
            kind: 'TokenRequest',
            // null: that of the API server itself.
            spec: { audiences: null, expirationSeconds: wishedSeconds },
          },
          verb: 'get a token of',
          resource,
        },
        signal,
      );
      const expires = Date.parse(status.expirationTimestamp);
      return { token: status.token, account: uid, renewAfter: asked + Math.max(0, expires - asked) / 2 };
    } catch (error) {
      if (isAppError(error, 'notFound') || isAppError(error, 'denied')) return undefined;
      throw error;
    }
  }
}

/** The part of authentication.k8s.io/v1 TokenRequest that counts. */
interface TokenRequest {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** @param pinned a kubeconfig of one context, as JSON */
function kubeconfigText(pinned: string, namespace: string, issued: Issued | undefined): string {
  const { clusters } = JSON.parse(pinned) as { readonly clusters: readonly { readonly name: string }[] };
  const [cluster] = clusters;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters,
    // Without any, kubectl would ask for a user name and a password.
    users: [{ name: namespace, user: { token: issued?.token ?? 'none' } }],
    contexts: [{ name: namespace, context: { cluster: cluster?.name, user: namespace, namespace } }],
    'current-context': namespace,
    ...(issued
      ? { extensions: [{ name: extensionName, extension: { account: issued.account, renewAfter: issued.renewAfter } }] }
      : {}),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** undefined for anything that was not written here with a token. */
function issuedIn(text: string): Issued | undefined {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return undefined;
  }
  const user = firstOf(config, 'users');
  const extension = firstOf(config, 'extensions');
  const token = isFields(user?.['user']) ? user['user']['token'] : undefined;
  const { account, renewAfter } = isFields(extension?.['extension']) ? extension['extension'] : {};
  if (typeof token !== 'string' || typeof account !== 'string' || typeof renewAfter !== 'number') return undefined;
  return { token, account, renewAfter };
}

function firstOf(config: unknown, list: string): Readonly<Record<string, unknown>> | undefined {
  const found = isFields(config) ? config[list] : undefined;
  const first: unknown = Array.isArray(found) ? found[0] : undefined;
  return isFields(first) ? first : undefined;
}
