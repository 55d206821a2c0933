import type { FieldErrors } from './fieldErrors';
import { recordAt, recordsAt, textAt, type ObjectFields } from './kubeObject';
import { isDnsLabel, isEnvironmentName } from './nameRules';

/** The rules of a pod's spec that charts and people run into; `field` is where the spec is. */
export function validatePodSpec(spec: ObjectFields | undefined, field: string, errors: FieldErrors): void {
  const containers = recordsAt(spec, 'containers');
  if (containers.length === 0) errors.required(`${field}.containers`);
  const volumes = validateVolumes(spec, field, errors);
  const names = new Set<string>();
  for (const list of ['initContainers', 'containers']) {
    for (const [index, container] of recordsAt(spec, list).entries()) {
      validateContainer(container, `${field}.${list}[${index}]`, { names, volumes, errors });
    }
  }
  const policy = textAt(spec, 'restartPolicy');
  if (policy !== undefined && !['Always', 'OnFailure', 'Never'].includes(policy)) {
    errors.notSupported(`${field}.restartPolicy`, policy, ['Always', 'OnFailure', 'Never']);
  }
}

/** What `kubectl debug node/…` makes: the machine's root, in a container. Here there is none, and nothing of it would come true. */
export function refuseNodeDebugger(spec: ObjectFields | undefined, errors: FieldErrors): void {
  const root = recordsAt(spec, 'volumes').findIndex((volume) => textAt(volume, 'hostPath', 'path') === '/');
  if (root < 0 || spec?.['hostPID'] !== true || !textAt(spec, 'nodeName')) return;
  errors.forbidden(
    `spec.volumes[${root}].hostPath`,
    'the node is this machine, and its pods are processes of it without containers: a terminal shows the same',
  );
}

/** An integer port, as validation words it. */
export function validatePort(port: unknown, field: string, errors: FieldErrors): void {
  const inRange = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535;
  if (!inRange) errors.invalid(field, port, 'must be between 1 and 65535, inclusive');
}

function validateVolumes(spec: ObjectFields | undefined, field: string, errors: FieldErrors): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of recordsAt(spec, 'volumes').entries()) {
    const at = `${field}.volumes[${index}].name`;
    const name = textAt(volume, 'name') ?? '';
    if (name === '') errors.required(at);
    for (const complaint of name === '' ? [] : isDnsLabel(name)) errors.invalid(at, name, complaint);
    if (names.has(name)) errors.duplicate(at, name);
    names.add(name);
  }
  return names;
}

interface ContainerContext {
  names: Set<string>;
  volumes: ReadonlySet<string>;
  errors: FieldErrors;
}

function validateContainer(container: ObjectFields, field: string, { names, volumes, errors }: ContainerContext): void {
  const name = textAt(container, 'name') ?? '';
  if (name === '') errors.required(`${field}.name`);
  else if (names.has(name)) errors.duplicate(`${field}.name`, name);
  else for (const complaint of isDnsLabel(name)) errors.invalid(`${field}.name`, name, complaint);
  names.add(name);
  if (!textAt(container, 'image')) errors.required(`${field}.image`);

  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    validateProbe(recordAt(container, probe), `${field}.${probe}`, errors);
  }
  for (const [index, port] of recordsAt(container, 'ports').entries()) {
    const at = `${field}.ports[${index}].containerPort`;
    if (port['containerPort'] === undefined || port['containerPort'] === 0) errors.required(at);
    else validatePort(port['containerPort'], at, errors);
    const protocol = textAt(port, 'protocol') ?? 'TCP';
    if (!['TCP', 'UDP', 'SCTP'].includes(protocol)) {
      errors.notSupported(`${field}.ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']);
    }
  }
  for (const [index, variable] of recordsAt(container, 'env').entries()) {
    validateVariable(variable, `${field}.env[${index}]`, errors);
  }
  const mounted = new Set<string>();
  for (const [index, mount] of recordsAt(container, 'volumeMounts').entries()) {
    const at = `${field}.volumeMounts[${index}]`;
    const volume = textAt(mount, 'name') ?? '';
    const path = textAt(mount, 'mountPath') ?? '';
    if (volume === '') errors.required(`${at}.name`);
    else if (!volumes.has(volume)) errors.notFound(`${at}.name`, volume);
    if (path === '') errors.required(`${at}.mountPath`);
    else if (mounted.has(path)) errors.invalid(`${at}.mountPath`, path, 'must be unique');
    mounted.add(path);
  }
}

function validateVariable(variable: ObjectFields, field: string, errors: FieldErrors): void {
  const name = textAt(variable, 'name') ?? '';
  if (name === '') errors.required(`${field}.name`);
  else for (const complaint of isEnvironmentName(name)) errors.invalid(`${field}.name`, name, complaint);
  const source = recordAt(variable, 'valueFrom');
  if (!source) return;
  if (textAt(variable, 'value')) {
    errors.invalid(`${field}.valueFrom`, '', 'may not be specified when `value` is not empty');
  }
  if (Object.keys(source).length === 0) {
    errors.invalid(
      `${field}.valueFrom`,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
    );
  }
}

function validateProbe(probe: ObjectFields | undefined, field: string, errors: FieldErrors): void {
  if (!probe) return;
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter((one) => probe[one] !== undefined);
  if (handlers.length === 0) errors.required(field, 'must specify a handler type');
  if (handlers.length > 1)
    errors.forbidden(`${field}.${handlers[1] ?? ''}`, 'may not specify more than 1 handler type');
  for (const name of [
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
    'initialDelaySeconds',
  ]) {
    const value = probe[name];
    if (typeof value === 'number' && value < 0) {
      errors.invalid(`${field}.${name}`, value, 'must be greater than or equal to 0');
    }
  }
}
