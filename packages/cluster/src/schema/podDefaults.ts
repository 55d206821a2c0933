import { isRecord, recordAt, recordsAt, type ObjectFields } from './kubeObject';

/** Sets a field that is absent. */
export function fill(target: ObjectFields, field: string, value: unknown): void {
  target[field] ??= value;
}

/** The fields that Kubernetes adds to a pod's spec (pkg/apis/core/v1/defaults.go), so that a stored one reads the same everywhere. */
export function defaultPodSpec(spec: ObjectFields): void {
  fill(spec, 'restartPolicy', 'Always');
  fill(spec, 'terminationGracePeriodSeconds', 30);
  fill(spec, 'dnsPolicy', 'ClusterFirst');
  fill(spec, 'securityContext', {});
  fill(spec, 'schedulerName', 'default-scheduler');
  if (typeof spec['serviceAccountName'] === 'string') fill(spec, 'serviceAccount', spec['serviceAccountName']);
  for (const container of recordsAt(spec, 'initContainers')) defaultContainer(container);
  for (const container of recordsAt(spec, 'containers')) defaultContainer(container);
  for (const volume of recordsAt(spec, 'volumes')) defaultVolume(volume);
}

function defaultContainer(container: ObjectFields): void {
  const image = typeof container['image'] === 'string' ? container['image'] : '';
  const tag = /(?:@|:)([^/]*)$/.exec(image)?.[1];
  fill(container, 'imagePullPolicy', tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent');
  fill(container, 'terminationMessagePath', '/dev/termination-log');
  fill(container, 'terminationMessagePolicy', 'File');
  fill(container, 'resources', {});
  for (const port of recordsAt(container, 'ports')) fill(port, 'protocol', 'TCP');
  for (const variable of recordsAt(container, 'env')) {
    const field = recordAt(variable, 'valueFrom', 'fieldRef');
    if (field) fill(field, 'apiVersion', 'v1');
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = recordAt(container, name);
    if (probe) defaultProbe(probe);
  }
  for (const name of ['postStart', 'preStop']) defaultHttpGet(recordAt(container, 'lifecycle', name, 'httpGet'));
}

/** What a container may use at most is also what it asks for, where it asks for nothing. Of pods only, not of templates. */
export function defaultRequests(container: ObjectFields): void {
  const limits = recordAt(container, 'resources', 'limits');
  if (!limits || !isRecord(container['resources'])) return;
  container['resources']['requests'] = { ...limits, ...recordAt(container['resources'], 'requests') };
}

function defaultProbe(probe: ObjectFields): void {
  fill(probe, 'timeoutSeconds', 1);
  fill(probe, 'periodSeconds', 10);
  fill(probe, 'successThreshold', 1);
  fill(probe, 'failureThreshold', 3);
  defaultHttpGet(recordAt(probe, 'httpGet'));
}

function defaultHttpGet(get: ObjectFields | undefined): void {
  if (!get) return;
  fill(get, 'path', '/');
  fill(get, 'scheme', 'HTTP');
}

function defaultVolume(volume: ObjectFields): void {
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const found = recordAt(volume, source);
    if (found) fill(found, 'defaultMode', 0o644);
  }
  const host = recordAt(volume, 'hostPath');
  if (host) fill(host, 'type', '');
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
}
