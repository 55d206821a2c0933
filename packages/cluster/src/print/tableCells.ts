import {
  isRecord,
  numberAt,
  recordAt,
  recordsAt,
  textAt,
  valueAt,
  type ObjectFields,
  type KubeObject,
} from '../schema/kubeObject';

/** What kubectl shows where there is nothing. */
export const none = '<none>';

export function roleText(object: KubeObject): string {
  return `${textAt(object, 'roleRef', 'kind') ?? ''}/${textAt(object, 'roleRef', 'name') ?? ''}`;
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function joined(list: readonly ObjectFields[], field: string): string {
  return list.map((one) => String(one[field] ?? '')).join(',');
}

export function firstOf(values: readonly string[], empty: string): string {
  if (values.length === 0) return empty;
  const shown = values.slice(0, 3).join(',');
  return values.length > 3 ? `${shown} + ${values.length - 3} more...` : shown;
}

export function mapText(map: ObjectFields | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
}

/** A LabelSelector in the form that a query takes. */
export function selectorText(selector: ObjectFields | undefined): string {
  const labels = mapText(recordAt(selector, 'matchLabels'));
  const expressions = recordsAt(selector, 'matchExpressions').map((one) => {
    const key = textAt(one, 'key') ?? '';
    const values = `(${strings(one['values']).join(',')})`;
    const operator = textAt(one, 'operator');
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} ${values}`;
  });
  return [labels, ...expressions].filter((part) => part !== '').join(',');
}

export function endpointsText(object: KubeObject): string {
  const all = recordsAt(object, 'subsets').flatMap((subset) => {
    const addresses = recordsAt(subset, 'addresses').map((one) => textAt(one, 'ip') ?? '');
    const ports = recordsAt(subset, 'ports').map((one) => numberAt(one, 'port'));
    return ports.length === 0 ? addresses : addresses.flatMap((ip) => ports.map((port) => `${ip}:${String(port)}`));
  });
  return firstOf(all, none);
}

export function hostsText(object: KubeObject): string {
  const hosts = recordsAt(object, 'spec', 'rules').flatMap((rule) => textAt(rule, 'host') ?? []);
  return hosts.length === 0 ? '*' : firstOf(hosts, '*');
}

export function loadBalancerText(object: KubeObject): string {
  return recordsAt(object, 'status', 'loadBalancer', 'ingress')
    .map((one) => textAt(one, 'ip') || textAt(one, 'hostname') || '')
    .join(',');
}

export function externalAddress(object: KubeObject): string {
  const type = textAt(object, 'spec', 'type');
  if (type === 'ExternalName') return textAt(object, 'spec', 'externalName') ?? none;
  const external = strings(valueAt(object, 'spec', 'externalIPs')).join(',');
  if (type === 'LoadBalancer') return [loadBalancerText(object), external].filter(Boolean).join(',') || '<pending>';
  return external || none;
}

export function servicePorts(object: KubeObject): string {
  const ports = recordsAt(object, 'spec', 'ports').map((one) => {
    const node = numberAt(one, 'nodePort');
    return `${String(one['port'])}${node ? `:${node}` : ''}/${textAt(one, 'protocol') ?? 'TCP'}`;
  });
  return ports.join(',') || none;
}

export function nodeStatus(object: KubeObject): string {
  const ready = recordsAt(object, 'status', 'conditions').find((one) => one['type'] === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return valueAt(object, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

export function nodeRoles(object: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(object.metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return (
    roles
      .map((label) => label.slice(prefix.length))
      .sort()
      .join(',') || none
  );
}

export function nodeAddress(object: KubeObject, type: string): string {
  const found = recordsAt(object, 'status', 'addresses').find((one) => one['type'] === type);
  return textAt(found, 'address') ?? none;
}

export function quotaText(object: KubeObject, wanted: (key: string) => boolean): string {
  const hard = recordAt(object, 'status', 'hard') ?? recordAt(object, 'spec', 'hard') ?? {};
  const used = valueAt(object, 'status', 'used');
  return Object.keys(hard)
    .filter(wanted)
    .sort()
    .map((key) => `${key}: ${isRecord(used) && used[key] !== undefined ? String(used[key]) : '0'}/${String(hard[key])}`)
    .join(', ');
}
