// Fields of a kubeconfig that kubectl and Helm heed and @kubernetes/client-node 2.0.1 does not: with it alone, one user would be two
// people. `tokenFile` is another one, of `withTokenOfFile`.
import type { OutgoingHttpHeaders } from 'node:http';

type Fields = Readonly<Record<string, unknown>>;

interface OneContext {
  readonly clusters: readonly [{ readonly cluster: Fields }];
  readonly users?: readonly [{ readonly name: string; readonly user: Fields }];
}

/** By which name a cluster's entry has something to say to a plugin. */
const pluginExtension = 'client.authentication.k8s.io/exec';
/** Of the cluster, as client.authentication.k8s.io/v1 has them. */
const clusterFields = [
  ...['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority-data', 'proxy-url'],
  'disable-compression',
];

/**
 * Who somebody acts as, beside the name: groups, uid and what else the user's entry says. As for kubectl that counts where it says whom.
 *
 * @param kubeconfig JSON, of one context alone
 */
export function impersonationHeaders(kubeconfig: string): OutgoingHttpHeaders {
  const { users } = JSON.parse(kubeconfig) as OneContext;
  const { as, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra } = users?.[0].user ?? {};
  if (typeof as !== 'string' || as === '') return {};
  const headers: OutgoingHttpHeaders = {};
  if (typeof uid === 'string' && uid !== '') headers['Impersonate-Uid'] = uid;
  if (Array.isArray(groups) && groups.length > 0) headers['Impersonate-Group'] = groups.map(String);
  for (const [key, values] of Object.entries(isFields(extra) ? extra : {})) {
    // Whatever is none of HTTP's own characters of a name is written with percents.
    const name = key.replaceAll(/[^\w!#$&'*+.^`|~-]/gu, percents);
    if (Array.isArray(values) && values.length > 0) headers[`Impersonate-Extra-${name}`] = values.map(String);
  }
  return headers;
}

/**
 * The same kubeconfig, where a plugin is told what it is run for: some answer nothing else, and some need the cluster for it.
 *
 * @param kubeconfig JSON, of one context alone
 */
export function withExecInfo(kubeconfig: string): string {
  const config = JSON.parse(kubeconfig) as OneContext;
  const [{ cluster }] = config.clusters;
  const [entry] = config.users ?? [];
  const exec = entry?.user['exec'];
  if (entry === undefined || !isFields(exec)) return kubeconfig;
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec['apiVersion'],
    spec: { ...(exec['provideClusterInfo'] === true ? { cluster: toldCluster(cluster) } : {}), interactive: false },
  };
  const env: unknown[] = Array.isArray(exec['env']) ? exec['env'] : [];
  const told = { ...exec, env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] };
  return JSON.stringify({ ...config, users: [{ ...entry, user: { ...entry.user, exec: told } }] });
}

/** By which name the library leaves a plugin to us: its own has a pipe to read from that nobody writes to, and waits without an end. */
const provider = 'coppice-exec';

/**
 * The same kubeconfig, where a plugin is another provider of credentials than the library's own.
 *
 * @param kubeconfig JSON, of one context alone
 * @returns `exec`: the plugin; undefined: there is none
 */
export function withPluginOfOurs(kubeconfig: string): {
  readonly text: string;
  readonly exec: Fields | undefined;
  readonly provider: string;
} {
  const config = JSON.parse(kubeconfig) as OneContext;
  const [entry] = config.users ?? [];
  const { exec, ...rest } = entry?.user ?? {};
  if (entry === undefined || !isFields(exec)) return { text: kubeconfig, exec: undefined, provider };
  const users = [{ ...entry, user: { ...rest, 'auth-provider': { name: provider, config: {} } } }];
  return { text: JSON.stringify({ ...config, users }), exec, provider };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function percents(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replaceAll(/../g, '%$&');
}

function toldCluster(cluster: Fields): Fields {
  const extensions: unknown[] = Array.isArray(cluster['extensions']) ? cluster['extensions'] : [];
  const own = extensions.find((each): each is Fields => isFields(each) && each['name'] === pluginExtension);
  const known = clusterFields.flatMap((name) => (cluster[name] === undefined ? [] : [[name, cluster[name]] as const]));
  return { ...Object.fromEntries(known), ...(own === undefined ? {} : { config: own['extension'] }) };
}
