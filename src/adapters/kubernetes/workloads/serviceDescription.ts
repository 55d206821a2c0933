import type { CoreV1Event, V1Deployment, V1ObjectMeta, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { withoutSequences } from '../../../core/text/terminalText';
import { describePod } from './describePod';
import { ago, columns, fields, indented } from './describeText';
import type { KubeConnection } from '../connection/kubeConnection';
import { serviceLabel } from '../objects/labels';
import { listInPages } from '../connection/listInPages';
import { milliseconds } from '../watch/mapPod';
import { eventTime } from '../watch/podWarnings';
import { deploymentsOf } from './serviceDeployments';
import { podsOf } from './servicePods';

export interface ServiceParts {
  readonly namespace: string;
  readonly service: string;
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  readonly events: readonly CoreV1Event[];
}

/** What the cluster knows of a service, for a person. @throws notFound when it has no deployment */
export async function readServiceDescription(
  connection: KubeConnection,
  namespace: string,
  service: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { query } = podsOf(namespace, service);
  const list = <T>(path: string, asked: typeof query, resource: string): Promise<T[]> =>
    listInPages<T>(connection, { path, query: asked, resource }, signal).then(({ items }) => items);
  const escaped = encodeURIComponent(namespace);
  const [deployments, replicaSets, pods, events] = await Promise.all([
    deploymentsOf(connection, namespace, service, signal),
    list<V1ReplicaSet>(`/apis/apps/v1/namespaces/${escaped}/replicasets`, query, 'replica sets'),
    list<V1Pod>(`/api/v1/namespaces/${escaped}/pods`, query, 'pods'),
    list<CoreV1Event>(`/api/v1/namespaces/${escaped}/events`, {}, 'events'),
  ]);
  const uids = new Set([...deployments, ...replicaSets, ...pods].map(({ metadata }) => metadata?.uid));
  const own = events.filter(({ involvedObject }) => uids.has(involvedObject.uid));
  return serviceDescription({ namespace, service, deployments, pods, events: own }, Date.now());
}

/** @param now milliseconds since the epoch */
export function serviceDescription(
  { namespace, service, deployments, pods, events }: ServiceParts,
  now: number,
): string {
  const newest = [...pods].sort((a, b) => created(b.metadata) - created(a.metadata));
  const sections = [
    fields([
      ['Service', service],
      ['Namespace', namespace],
    ]),
    ...deployments.map((deployment) => describeDeployment(deployment, now)),
    ...(newest.length === 0 ? [['No pods']] : newest.map((pod) => describePod(pod, now))),
    describeEvents(events, now),
  ];
  // Messages hold what containers and hooks printed, colours included.
  return withoutSequences(`${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

function describeDeployment({ metadata, spec, status }: V1Deployment, now: number): string[] {
  const counts = [
    `${spec?.replicas ?? 1} desired`,
    `${status?.updatedReplicas ?? 0} updated`,
    `${status?.replicas ?? 0} in all`,
    `${status?.readyReplicas ?? 0} ready`,
    `${status?.availableReplicas ?? 0} available`,
  ];
  const labels = Object.entries(metadata?.labels ?? {}).filter(([name]) => name !== serviceLabel);
  return [
    `Deployment ${metadata?.name ?? ''}`,
    ...indented(
      fields([
        ['Created', `${ago(created(metadata), now)} ago`],
        ['Pods', counts.join(', ')],
        ['Strategy', spec?.strategy?.type],
        ['Labels', columns(labels.map(([name, value]) => [`${name}:`, value]))],
        [
          'Conditions',
          columns(
            (status?.conditions ?? []).map((one) => [
              one.type,
              one.status,
              [one.reason, one.message].filter(Boolean).join(': '),
            ]),
          ),
        ],
      ]),
    ),
  ];
}

/** The newest last, as in a log. */
function describeEvents(events: readonly CoreV1Event[], now: number): string[] {
  if (events.length === 0) return ['Events: none'];
  const rows = [...events]
    .sort((a, b) => eventTime(a) - eventTime(b))
    .map((event) => {
      const count = event.series?.count ?? event.count ?? 1;
      const { kind = '', name = '' } = event.involvedObject;
      return [
        `${ago(eventTime(event), now)} ago${count > 1 ? ` (${count} times)` : ''}`,
        event.type ?? '',
        event.reason ?? '',
        `${kind} ${name}`,
        (event.message ?? '').trim().replace(/\s*\n\s*/g, ' '),
      ];
    });
  return ['Events:', ...indented(columns(rows))];
}

function created(metadata: V1ObjectMeta | undefined): number {
  return milliseconds(metadata?.creationTimestamp);
}
