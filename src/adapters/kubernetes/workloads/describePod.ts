import type {
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1EnvVar,
  V1Pod,
  V1Probe,
} from '@kubernetes/client-node';
import { ago, columns, fields, indented } from './describeText';
import { milliseconds } from '../watch/mapPod';

/** What `kubectl describe pod` says, as far as it tells how a service is. @param now milliseconds since the epoch */
export function describePod(pod: V1Pod, now: number): string[] {
  const { metadata, spec, status } = pod;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const statusOf = (name: string): V1ContainerStatus | undefined => statuses.find((one) => one.name === name);
  const all = (containers: readonly V1Container[] | undefined): string[] =>
    (containers ?? []).flatMap((one) => [`${one.name}:`, ...indented(describeContainer(one, statusOf(one.name), now))]);
  const started = milliseconds(status?.startTime);
  return [
    `Pod ${metadata?.name ?? ''}`,
    ...indented(
      fields([
        ['Status', metadata?.deletionTimestamp === undefined ? status?.phase : `Terminating (${status?.phase ?? ''})`],
        ['Reason', status?.reason],
        ['Message', status?.message],
        ['Started', started === 0 ? undefined : `${ago(started, now)} ago`],
        ['Node', spec?.nodeName ?? '<none yet>'],
        // Where pods are processes of this machine, nothing is reached by the address that they are said to have.
        ['IP', status?.hostIP === '127.0.0.1' ? undefined : status?.podIP],
        ['Service account', spec?.serviceAccountName],
        ['Init containers', all(spec?.initContainers)],
        ['Containers', all(spec?.containers)],
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

function describeContainer(container: V1Container, status: V1ContainerStatus | undefined, now: number): string[] {
  const { image, command, args, ports, workingDir, resources, env, envFrom, volumeMounts } = container;
  const amounts = (set: Readonly<Record<string, string>> | undefined): string =>
    Object.entries(set ?? {})
      .map(([name, amount]) => `${name} ${amount}`)
      .join(', ');
  return fields([
    ['Image', image],
    ['Command', [...(command ?? []), ...(args ?? [])].map((word) => JSON.stringify(word)).join(' ')],
    ['Folder', workingDir],
    ['Ports', (ports ?? []).map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`).join(', ')],
    ['State', describeState(status?.state, now)],
    ['Last state', describeState(status?.lastState, now)],
    ['Ready', status && String(status.ready)],
    ['Restarts', status?.restartCount],
    ['Limits', amounts(resources?.limits)],
    ['Requests', amounts(resources?.requests)],
    ['Startup', describeProbe(container.startupProbe)],
    ['Readiness', describeProbe(container.readinessProbe)],
    ['Liveness', describeProbe(container.livenessProbe)],
    [
      'Environment',
      [
        ...(envFrom ?? []).map(
          (from) =>
            `all of ${from.secretRef ? 'secret' : 'config map'} ${from.secretRef?.name ?? from.configMapRef?.name ?? ''}`,
        ),
        ...columns((env ?? []).map((variable) => [`${variable.name}:`, describeVariable(variable)])),
      ],
    ],
    [
      'Mounts',
      (volumeMounts ?? []).map(
        ({ name, mountPath, readOnly }) => `${mountPath} from ${name}${readOnly ? ' (read only)' : ''}`,
      ),
    ],
  ]);
}

function describeState(state: V1ContainerState | undefined, now: number): string | undefined {
  if (state?.running) return `Running for ${ago(milliseconds(state.running.startedAt), now)}`;
  if (state?.waiting) return ['Waiting', state.waiting.reason, state.waiting.message].filter(Boolean).join(': ');
  if (!state?.terminated) return undefined;
  const { reason, message, exitCode, signal, finishedAt } = state.terminated;
  const end = milliseconds(finishedAt);
  const when = end === 0 ? '' : `, ${ago(end, now)} ago`;
  const how = `Terminated: ${reason ?? ''} (exit code ${exitCode}${signal ? `, signal ${signal}` : ''}${when})`;
  return message ? `${how}: ${message.trim()}` : how;
}

/** A secret's values are nobody's to read here: only where they come from is told. */
function describeVariable({ value, valueFrom }: V1EnvVar): string {
  if (valueFrom?.secretKeyRef) return `<key ${valueFrom.secretKeyRef.key} of secret ${valueFrom.secretKeyRef.name}>`;
  if (valueFrom?.configMapKeyRef)
    return `<key ${valueFrom.configMapKeyRef.key} of config map ${valueFrom.configMapKeyRef.name}>`;
  if (valueFrom?.fieldRef) return `<${valueFrom.fieldRef.fieldPath}>`;
  if (valueFrom?.resourceFieldRef) return `<${valueFrom.resourceFieldRef.resource}>`;
  return value ?? '';
}

function describeProbe(probe: V1Probe | undefined): string | undefined {
  if (!probe) return undefined;
  const { httpGet, tcpSocket, exec, grpc } = probe;
  const what = httpGet
    ? `GET ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://:${httpGet.port}${httpGet.path ?? '/'}`
    : tcpSocket
      ? `connect to port ${tcpSocket.port}`
      : grpc
        ? `gRPC on port ${grpc.port}`
        : `run ${(exec?.command ?? []).map((word) => JSON.stringify(word)).join(' ')}`;
  return `${what}, every ${probe.periodSeconds ?? 10}s, ${probe.failureThreshold ?? 3} failures in a row count`;
}
