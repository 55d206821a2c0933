import { isRecord } from './kubeObject';
import { StatusError } from './statusError';

/** What a field must be made of. Fields that are not named are taken as they are. */
type FieldType =
  | 'string'
  | 'integer'
  | 'boolean'
  | 'integer or string'
  | { map: FieldType }
  | { list: FieldType }
  | { fields: Readonly<Record<string, FieldType>> };

const texts: FieldType = { list: 'string' };
const textMap: FieldType = { map: 'string' };

function fieldsOf(fields: Readonly<Record<string, FieldType>>): FieldType {
  return { fields };
}

function listOf(fields: Readonly<Record<string, FieldType>>): FieldType {
  return { list: { fields } };
}

const metadata = fieldsOf({
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  uid: 'string',
  resourceVersion: 'string',
  labels: textMap,
  annotations: textMap,
  finalizers: texts,
  ownerReferences: listOf({
    apiVersion: 'string',
    kind: 'string',
    name: 'string',
    uid: 'string',
    controller: 'boolean',
  }),
});

const keyRef = fieldsOf({ name: 'string', key: 'string', optional: 'boolean' });

const probe = fieldsOf({
  httpGet: fieldsOf({ path: 'string', port: 'integer or string', host: 'string', scheme: 'string' }),
  tcpSocket: fieldsOf({ port: 'integer or string' }),
  exec: fieldsOf({ command: texts }),
  initialDelaySeconds: 'integer',
  timeoutSeconds: 'integer',
  periodSeconds: 'integer',
  successThreshold: 'integer',
  failureThreshold: 'integer',
});

const containers = listOf({
  name: 'string',
  image: 'string',
  command: texts,
  args: texts,
  workingDir: 'string',
  imagePullPolicy: 'string',
  ports: listOf({ name: 'string', containerPort: 'integer', hostPort: 'integer', protocol: 'string' }),
  env: listOf({
    name: 'string',
    value: 'string',
    valueFrom: fieldsOf({ configMapKeyRef: keyRef, secretKeyRef: keyRef, fieldRef: fieldsOf({ fieldPath: 'string' }) }),
  }),
  envFrom: listOf({ prefix: 'string' }),
  volumeMounts: listOf({ name: 'string', mountPath: 'string', subPath: 'string', readOnly: 'boolean' }),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  resources: fieldsOf({ limits: { map: 'integer or string' }, requests: { map: 'integer or string' } }),
});

const podSpec = fieldsOf({
  containers,
  initContainers: containers,
  volumes: listOf({ name: 'string' }),
  nodeSelector: textMap,
  restartPolicy: 'string',
  serviceAccountName: 'string',
  terminationGracePeriodSeconds: 'integer',
  hostNetwork: 'boolean',
});

const selector = fieldsOf({
  matchLabels: textMap,
  matchExpressions: listOf({ key: 'string', operator: 'string', values: texts }),
});

const workload = fieldsOf({
  replicas: 'integer',
  minReadySeconds: 'integer',
  revisionHistoryLimit: 'integer',
  progressDeadlineSeconds: 'integer',
  paused: 'boolean',
  selector,
  template: fieldsOf({ metadata, spec: podSpec }),
  strategy: fieldsOf({
    type: 'string',
    rollingUpdate: fieldsOf({ maxSurge: 'integer or string', maxUnavailable: 'integer or string' }),
  }),
});

const serviceSpec = fieldsOf({
  type: 'string',
  clusterIP: 'string',
  externalName: 'string',
  selector: textMap,
  ports: listOf({
    name: 'string',
    port: 'integer',
    targetPort: 'integer or string',
    nodePort: 'integer',
    protocol: 'string',
  }),
});

const backend = fieldsOf({
  service: fieldsOf({ name: 'string', port: fieldsOf({ number: 'integer', name: 'string' }) }),
});

const ingressSpec = fieldsOf({
  ingressClassName: 'string',
  defaultBackend: backend,
  rules: listOf({ host: 'string', http: fieldsOf({ paths: listOf({ path: 'string', pathType: 'string', backend }) }) }),
  tls: listOf({ hosts: texts, secretName: 'string' }),
});

const kinds: Readonly<Record<string, Readonly<Record<string, FieldType>>>> = {
  Pod: { spec: podSpec },
  Deployment: { spec: workload },
  ReplicaSet: { spec: workload },
  Service: { spec: serviceSpec },
  Ingress: { spec: ingressSpec },
  ConfigMap: { data: textMap, binaryData: textMap, immutable: 'boolean' },
  Secret: { data: textMap, stringData: textMap, type: 'string', immutable: 'boolean' },
  ServiceAccount: { secrets: listOf({ name: 'string' }), imagePullSecrets: listOf({ name: 'string' }) },
  RoleBinding: {
    subjects: listOf({ kind: 'string', name: 'string' }),
    roleRef: fieldsOf({ kind: 'string', name: 'string' }),
  },
};

/** Throws a StatusError of 400 for a field of the wrong type, where Kubernetes cannot decode it either. */
export function checkTypes(kind: string, version: string, body: unknown): void {
  const wrong = findWrong(body, fieldsOf({ metadata, ...kinds[kind] }), '');
  if (!wrong) return;
  const { path, found, wanted } = wrong;
  throw StatusError.badRequest(
    `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${found} into field ${path} of type ${wanted}`,
  );
}

interface Wrong {
  path: string;
  found: string;
  wanted: string;
}

function findWrong(value: unknown, type: FieldType, path: string): Wrong | undefined {
  if (value === undefined || value === null) return undefined;
  const wrong = (wanted: string): Wrong => ({ path: path.slice(1), found: nameOf(value), wanted });
  if (typeof type === 'string') return isPlain(value, type) ? undefined : wrong(type);
  if ('list' in type) {
    if (!Array.isArray(value)) return wrong('list');
    return first(value, (item) => findWrong(item, type.list, path));
  }
  if (!isRecord(value)) return wrong('object');
  if ('map' in type)
    return first(Object.entries(value), ([key, inner]) => findWrong(inner, type.map, `${path}.${key}`));
  return first(Object.entries(type.fields), ([field, inner]) => findWrong(value[field], inner, `${path}.${field}`));
}

function first<T>(values: readonly T[], find: (value: T) => Wrong | undefined): Wrong | undefined {
  for (const value of values) {
    const found = find(value);
    if (found) return found;
  }
  return undefined;
}

function isPlain(value: unknown, type: 'string' | 'integer' | 'boolean' | 'integer or string'): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'boolean') return typeof value === 'boolean';
  // A quantity may be a fraction, `cpu: 0.5`.
  if (type === 'integer or string') return typeof value === 'string' || typeof value === 'number';
  return Number.isInteger(value);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
