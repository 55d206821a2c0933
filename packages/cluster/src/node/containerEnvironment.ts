import { availableParallelism, totalmem } from 'node:os';
import type { V1Container, V1Pod } from '@ngrok/webernetes';
import { textAt, valueAt, type KubeObject } from '../schema/kubeObject';
import { expandReferences } from '@coppice/host/expandReferences';
import { parseQuantity } from '@coppice/host/parseQuantity';

/** Why a container cannot get its environment; Kubernetes shows it as the message of CreateContainerConfigError. */
export class ContainerConfigProblem extends Error {
  override readonly name = 'ContainerConfigProblem';
}

export interface EnvironmentSources {
  /** A Secret or ConfigMap of the pod's namespace. */
  find(kind: 'Secret' | 'ConfigMap', name: string): KubeObject | undefined;
  /** The variables of the namespace's services. */
  services: ReadonlyMap<string, string>;
  /** What a value can name, and no variable is: see `gatewayPortReference`. */
  readonly names?: ReadonlyMap<string, string>;
  /** The port of this machine that stands for a container port. */
  realPort(containerPort: number): number;
}

type EnvironmentVariable = NonNullable<V1Container['env']>[number];
type ValueSource = NonNullable<EnvironmentVariable['valueFrom']>;

/**
 * The environment of a container as Kubernetes makes it: `envFrom`, then `env` in order with `$(NAME)` expanded, then the services'
 * variables that neither names. Only PORT differs: where it names a port of the container it becomes the real one.
 * Throws a `ContainerConfigProblem` when a Secret or ConfigMap, or a key of it, is missing.
 */
export function containerEnvironment(
  pod: V1Pod,
  container: V1Container,
  sources: EnvironmentSources,
): Map<string, string> {
  const namespace = pod.metadata?.namespace ?? 'default';
  const result = new Map<string, string>();
  for (const from of container.envFrom ?? []) {
    const kind = from.secretRef ? 'Secret' : 'ConfigMap';
    const reference = from.secretRef ?? from.configMapRef;
    if (!reference?.name) continue;
    const object = sources.find(kind, reference.name);
    if (!object) {
      if (reference.optional) continue;
      throw missingObject(kind, reference.name);
    }
    for (const [key, value] of dataOf(kind, object)) result.set(`${from.prefix ?? ''}${key}`, value);
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(variable);
    if (value !== undefined) result.set(variable.name, value);
  }
  for (const [name, value] of sources.services) if (!result.has(name)) result.set(name, value);
  return result;

  function valueOf(variable: EnvironmentVariable): string | undefined {
    if (variable.valueFrom && !variable.value) return sourced(variable.valueFrom);
    const { services, names } = sources;
    const value = expandReferences(
      variable.value ?? '',
      (name) => result.get(name) ?? services.get(name) ?? names?.get(name),
    );
    return variable.name === 'PORT' ? realPort(value) : value;
  }

  function realPort(value: string): string {
    const declared = (container.ports ?? []).some((port) => String(port.containerPort) === value);
    return declared ? String(sources.realPort(Number(value))) : value;
  }

  function sourced(from: ValueSource): string | undefined {
    if (from.fieldRef) return podField(pod, from.fieldRef.fieldPath);
    if (from.resourceFieldRef) {
      const { resource, divisor } = from.resourceFieldRef;
      return resourceField(container, resource, divisor === undefined ? undefined : String(divisor));
    }
    const kind = from.secretKeyRef ? 'Secret' : 'ConfigMap';
    const reference = from.secretKeyRef ?? from.configMapKeyRef;
    if (!reference) return '';
    const object = reference.name ? sources.find(kind, reference.name) : undefined;
    if (!object) {
      if (reference.optional) return undefined;
      throw missingObject(kind, reference.name ?? '');
    }
    const value = dataOf(kind, object).get(reference.key);
    if (value === undefined && !reference.optional) {
      throw new ContainerConfigProblem(`couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`);
    }
    return value;
  }
}

function missingObject(kind: 'Secret' | 'ConfigMap', name: string): ContainerConfigProblem {
  return new ContainerConfigProblem(`${kind.toLowerCase()} "${name}" not found`);
}

export function dataOf(kind: 'Secret' | 'ConfigMap', object: KubeObject): Map<string, string> {
  const result = new Map<string, string>();
  const data = valueAt(object, 'data');
  for (const [key, value] of Object.entries(typeof data === 'object' && data !== null ? data : {})) {
    if (typeof value === 'string') result.set(key, kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value);
  }
  return result;
}

/** The downward API. All pods share this machine's network, so that a pod's address is the loopback address. */
function podField(pod: V1Pod, path: string): string {
  const entry = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (entry?.[2] !== undefined)
    return pod.metadata?.[entry[1] === 'labels' ? 'labels' : 'annotations']?.[entry[2]] ?? '';
  if (/^status\.(podIPs?|hostIPs?)$/.test(path)) return '127.0.0.1';
  if (!/^(metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName))$/.test(path)) {
    throw new ContainerConfigProblem(`unsupported fieldPath: ${path}`);
  }
  return textAt(pod, ...path.split('.')) ?? (path === 'spec.serviceAccountName' ? 'default' : '');
}

function resourceField(container: V1Container, resource: string, divisor: string | undefined): string {
  const [part, name] = resource.split('.');
  const set = part === 'requests' ? container.resources?.requests : container.resources?.limits;
  const written = name === undefined ? undefined : set?.[name];
  const machine = name === 'cpu' ? availableParallelism() : name === 'memory' ? totalmem() : undefined;
  const value = written === undefined ? machine : parseQuantity(String(written));
  const by = parseQuantity(divisor ?? '1');
  if (value === undefined || by === undefined)
    throw new ContainerConfigProblem(`unsupported container resource: ${resource}`);
  return String(Math.ceil(value / (by || 1)));
}
