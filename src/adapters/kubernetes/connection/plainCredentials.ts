import { Agent, type RequestOptions } from 'node:https';

/**
 * Puts what a request needs into its options: who asks, whom it trusts, over which connections.
 *
 * @param isChange whether the request may change something
 */
export type ApplyCredentials = (options: RequestOptions, isChange: boolean) => Promise<void>;

interface OneContext {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, unknown>> }];
  readonly users?: readonly [{ readonly user: Readonly<Record<string, unknown>> }];
}

const clusterFields = new Set(['server', 'certificate-authority-data']);
const userFields = new Set(['token', 'client-certificate-data', 'client-key-data']);

/**
 * The credentials of a kubeconfig that holds them itself, as those of the embedded cluster, of k3d and of an environment do: no
 * file, no plugin, no proxy. Such a request needs no library, whose loading takes longer than the request.
 *
 * @param kubeconfig JSON, of one context alone
 * @returns undefined where it says anything else: then the library is asked
 */
export function plainCredentials(kubeconfig: string): ApplyCredentials | undefined {
  const { clusters, users } = JSON.parse(kubeconfig) as OneContext;
  const [{ cluster }] = clusters;
  const user = users?.[0].user ?? {};
  if (!hasOnly(cluster, clusterFields) || !hasOnly(user, userFields)) return undefined;
  const { server, 'certificate-authority-data': authority } = cluster;
  const { token, 'client-certificate-data': certificate, 'client-key-data': key } = user;
  if (!server?.startsWith('https://') || (token === undefined && certificate === undefined)) return undefined;
  const tls = { ca: bytes(authority), cert: bytes(certificate), key: bytes(key) };
  // A connection costs both sides more than what is asked over it. What changes something has one of its own: where that breaks,
  // it is not because it had been left open for too long, of which nobody could tell whether the request had arrived.
  const reading = new Agent({ ...tls, keepAlive: true });
  const changing = new Agent(tls);
  return async (options, isChange) => {
    for (const [name, value] of Object.entries(tls)) if (value) Object.assign(options, { [name]: value });
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    options.headers = { ...(options.headers as Record<string, string>), ...authorization };
    options.agent = isChange ? changing : reading;
  };
}

/** Whether an entry has these fields alone, each a text that says something. */
function hasOnly(
  fields: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): fields is Readonly<Record<string, string | undefined>> {
  return Object.entries(fields).every(([name, value]) => known.has(name) && typeof value === 'string' && value !== '');
}

function bytes(base64: string | undefined): Buffer | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}
