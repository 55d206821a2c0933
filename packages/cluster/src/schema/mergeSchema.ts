/**
 * How the fields of an object merge: which lists are maps in disguise. Everything not named here is what it looks like, an
 * object merges field by field, a list is replaced as a whole. From the patch strategies and list types of the Kubernetes API.
 */
export interface MergeSchema {
  /** A list whose items are told apart by these fields, or a set of plain values. */
  list?: { mergeKey: string; keys: readonly string[] } | 'set';
  /** Replaced as a whole although it is an object. */
  atomic?: true;
  fields?: Readonly<Record<string, MergeSchema>>;
  items?: MergeSchema;
}

function listBy(key: string, items?: MergeSchema, keys: readonly string[] = [key]): MergeSchema {
  return items ? { list: { mergeKey: key, keys }, items } : { list: { mergeKey: key, keys } };
}

const set: MergeSchema = { list: 'set' };
const atomic: MergeSchema = { atomic: true };
const conditions = listBy('type');

const metadata: MergeSchema = { fields: { finalizers: set, ownerReferences: listBy('uid') } };

const container: MergeSchema = {
  fields: {
    ports: listBy('containerPort', undefined, ['containerPort', 'protocol']),
    env: listBy('name'),
    volumeMounts: listBy('mountPath'),
    volumeDevices: listBy('devicePath'),
  },
};

const podSpec: MergeSchema = {
  fields: {
    containers: listBy('name', container),
    initContainers: listBy('name', container),
    ephemeralContainers: listBy('name', container),
    volumes: listBy('name'),
    imagePullSecrets: listBy('name'),
    hostAliases: listBy('ip'),
    topologySpreadConstraints: listBy('topologyKey', undefined, ['topologyKey', 'whenUnsatisfiable']),
    nodeSelector: atomic,
  },
};

const template: MergeSchema = { fields: { metadata, spec: podSpec } };
const workload: MergeSchema = {
  fields: {
    metadata,
    spec: { fields: { selector: atomic, template } },
    status: { fields: { conditions } },
  },
};

const schemas: Readonly<Record<string, MergeSchema>> = {
  Pod: { fields: { metadata, spec: podSpec, status: { fields: { conditions, podIPs: listBy('ip') } } } },
  Deployment: workload,
  ReplicaSet: workload,
  Service: {
    fields: {
      metadata,
      spec: { fields: { ports: listBy('port', undefined, ['port', 'protocol']), selector: atomic } },
      status: { fields: { conditions } },
    },
  },
  ServiceAccount: { fields: { metadata, secrets: listBy('name') } },
  Namespace: { fields: { metadata, spec: { fields: { finalizers: set } }, status: { fields: { conditions } } } },
  Node: {
    fields: {
      metadata,
      spec: { fields: { taints: listBy('key') } },
      status: { fields: { conditions, addresses: listBy('type') } },
    },
  },
  PersistentVolumeClaim: { fields: { metadata, status: { fields: { conditions } } } },
  NetworkPolicy: { fields: { metadata, spec: { fields: { podSelector: atomic } } } },
};

const plain: MergeSchema = { fields: { metadata } };

export function schemaOf(kind: string): MergeSchema {
  return schemas[kind] ?? plain;
}
