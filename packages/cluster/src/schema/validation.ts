import { FieldErrors } from './fieldErrors';
import {
  isRecord,
  numberAt,
  recordAt,
  recordsAt,
  textAt,
  valueAt,
  type ObjectFields,
  type KubeObject,
} from './kubeObject';
import {
  isDataKey,
  isDns1035Label,
  isDnsLabel,
  isDnsSubdomain,
  isLabelValue,
  isPathSegment,
  isQualifiedName,
  type NameRule,
} from './nameRules';
import { refuseNodeDebugger, validatePodSpec, validatePort } from './podValidation';
import type { Resource } from './resources';
import { selectorMatches, validateSelector } from './selectorObject';
import { StatusError } from './statusError';
import { validateUpdate } from './updateValidation';

/** Throws a StatusError of 422 that names every field that Kubernetes would not accept either. `previous` is given for an update. */
export function validate(resource: Resource, object: KubeObject, previous?: KubeObject): void {
  const errors = new FieldErrors();
  validateMetadata(object, errors);
  if (previous) validateUpdate(object, previous, errors);
  rules[object.kind]?.(object, errors);
  if (errors.causes.length > 0) throw StatusError.invalid(resource, object.metadata.name, errors.causes);
}

const nameRules: Readonly<Record<string, NameRule>> = {
  Namespace: isDnsLabel,
  Service: isDns1035Label,
  ClusterRole: isPathSegment,
  ClusterRoleBinding: isPathSegment,
  Role: isPathSegment,
  RoleBinding: isPathSegment,
};

function validateMetadata(object: KubeObject, errors: FieldErrors): void {
  const { name, labels, annotations } = object.metadata;
  if (name === '') errors.required('metadata.name', 'name or generateName is required');
  else
    for (const complaint of (nameRules[object.kind] ?? isDnsSubdomain)(name))
      errors.invalid('metadata.name', name, complaint);
  validateLabels(labels, 'metadata.labels', errors);
  for (const key of Object.keys(annotations ?? {})) {
    for (const complaint of isQualifiedName(key.toLowerCase())) errors.invalid('metadata.annotations', key, complaint);
  }
  const size = Object.entries(annotations ?? {}).reduce(
    (sum, [key, value]) => sum + key.length + String(value).length,
    0,
  );
  if (size > 256 * 1024) errors.invalid('metadata.annotations', '', 'must have at most 262144 bytes');
  for (const finalizer of object.metadata.finalizers ?? []) {
    for (const complaint of isQualifiedName(finalizer)) errors.invalid('metadata.finalizers', finalizer, complaint);
  }
}

function validateLabels(labels: Record<string, unknown> | undefined, field: string, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const complaint of isQualifiedName(key)) errors.invalid(field, key, complaint);
    for (const complaint of isLabelValue(String(value))) errors.invalid(field, value, complaint);
  }
}

type Rules = (object: KubeObject, errors: FieldErrors) => void;

const rules: Readonly<Record<string, Rules>> = {
  Pod: (object, errors) => {
    validatePodSpec(recordAt(object, 'spec'), 'spec', errors);
    refuseNodeDebugger(recordAt(object, 'spec'), errors);
  },
  Deployment: validateWorkload,
  ReplicaSet: validateWorkload,
  Service: validateService,
  Ingress: validateIngress,
  ConfigMap: (object, errors) => validateData(object, ['data', 'binaryData'], errors),
  Secret: validateSecret,
  RoleBinding: validateRoleBinding,
  ClusterRoleBinding: validateRoleBinding,
};

function validateWorkload(object: KubeObject, errors: FieldErrors): void {
  for (const name of ['replicas', 'minReadySeconds', 'revisionHistoryLimit']) {
    const value = numberAt(object, 'spec', name);
    if (value !== undefined && value < 0) errors.invalid(`spec.${name}`, value, 'must be greater than or equal to 0');
  }
  const selector = recordAt(object, 'spec', 'selector');
  const labels = recordAt(object, 'spec', 'template', 'metadata', 'labels');
  if (!selector) {
    errors.required('spec.selector');
    errors.invalid('spec.template.metadata.labels', labels ?? {}, '`selector` does not match template `labels`');
  }
  if (selector && validateSelector(selector, 'spec.selector', errors)) {
    if (Object.keys(selector).length === 0)
      errors.invalid('spec.selector', selector, 'empty selector is invalid for deployment');
    else if (!selectorMatches(selector, labels)) {
      errors.invalid('spec.template.metadata.labels', labels ?? {}, '`selector` does not match template `labels`');
    }
  }
  validateLabels(labels, 'spec.template.labels', errors);
  const strategy = textAt(object, 'spec', 'strategy', 'type');
  if (strategy !== undefined && strategy !== 'RollingUpdate' && strategy !== 'Recreate') {
    errors.notSupported('spec.strategy.type', strategy, ['Recreate', 'RollingUpdate']);
  }
  if (strategy === 'Recreate' && valueAt(object, 'spec', 'strategy', 'rollingUpdate')) {
    errors.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'");
  }
  validatePodSpec(recordAt(object, 'spec', 'template', 'spec'), 'spec.template.spec', errors);
  const policy = textAt(object, 'spec', 'template', 'spec', 'restartPolicy');
  if (policy === 'OnFailure' || policy === 'Never') {
    errors.notSupported('spec.template.spec.restartPolicy', policy, ['Always']);
  }
}

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

function validateService(object: KubeObject, errors: FieldErrors): void {
  const type = textAt(object, 'spec', 'type') ?? '';
  const ports = recordsAt(object, 'spec', 'ports');
  if (type === 'ExternalName') {
    if (!textAt(object, 'spec', 'externalName')) errors.required('spec.externalName');
  } else if (ports.length === 0 && textAt(object, 'spec', 'clusterIP') !== 'None') errors.required('spec.ports');
  const names = new Set<string>();
  const used = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const field = `spec.ports[${index}]`;
    const name = textAt(port, 'name') ?? '';
    if (name === '' && ports.length > 1) errors.required(`${field}.name`);
    else if (name !== '') {
      for (const complaint of isDnsLabel(name)) errors.invalid(`${field}.name`, name, complaint);
      if (names.has(name)) errors.duplicate(`${field}.name`, name);
      names.add(name);
    }
    validatePort(port['port'], `${field}.port`, errors);
    const target = port['targetPort'];
    if (typeof target === 'number') validatePort(target, `${field}.targetPort`, errors);
    const identity = `${String(port['port'])}/${textAt(port, 'protocol') ?? 'TCP'}`;
    if (used.has(identity)) errors.duplicate(field, { port: port['port'], protocol: port['protocol'] });
    used.add(identity);
  }
  if (!serviceTypes.includes(type)) errors.notSupported('spec.type', type, serviceTypes);
}

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];

function validateIngress(object: KubeObject, errors: FieldErrors): void {
  const fallback = recordAt(object, 'spec', 'defaultBackend');
  const ingressRules = recordsAt(object, 'spec', 'rules');
  if (!fallback && ingressRules.length === 0) {
    errors.invalid('spec', [], 'either `defaultBackend` or `rules` must be specified');
  }
  if (fallback) validateBackend(fallback, 'spec.defaultBackend', errors);
  for (const [index, rule] of ingressRules.entries()) {
    const host = textAt(rule, 'host') ?? '';
    for (const complaint of host === '' ? [] : isDnsSubdomain(host.replace(/^\*\./, ''))) {
      errors.invalid(`spec.rules[${index}].host`, host, complaint);
    }
    const http = recordAt(rule, 'http');
    if (http && recordsAt(http, 'paths').length === 0) errors.required(`spec.rules[${index}].http.paths`);
    for (const [at, path] of recordsAt(http, 'paths').entries()) {
      const field = `spec.rules[${index}].http.paths[${at}]`;
      const type = textAt(path, 'pathType');
      if (type === undefined) {
        errors.required(`${field}.pathType`, 'pathType must be specified');
        continue;
      }
      if (!pathTypes.includes(type)) errors.notSupported(`${field}.pathType`, type, pathTypes);
      const url = textAt(path, 'path') ?? '';
      if (!url.startsWith('/') && (url !== '' || type !== 'ImplementationSpecific')) {
        errors.invalid(`${field}.path`, url, 'must be an absolute path');
      }
      validateBackend(recordAt(path, 'backend'), `${field}.backend`, errors);
    }
  }
}

function validateBackend(backend: ObjectFields | undefined, field: string, errors: FieldErrors): void {
  if (backend && isRecord(backend['resource'])) return;
  const name = textAt(backend, 'service', 'name') ?? '';
  if (name === '')
    errors.required(
      backend && isRecord(backend['service']) ? `${field}.service.name` : field,
      backend ? '' : 'name is required',
    );
  else for (const complaint of isDns1035Label(name)) errors.invalid(`${field}.service.name`, name, complaint);
  const port = recordAt(backend, 'service', 'port');
  if (port?.['number'] !== undefined) validatePort(port['number'], `${field}.service.port.number`, errors);
  else if (name !== '' && !textAt(port, 'name')) errors.required(field, 'port name or number is required');
}

function validateData(object: KubeObject, fields: readonly string[], errors: FieldErrors): void {
  for (const field of fields) {
    for (const key of Object.keys(recordAt(object, field) ?? {})) {
      for (const complaint of isDataKey(key)) errors.invalid(`${field}[${key}]`, key, complaint);
    }
  }
}

function validateSecret(object: KubeObject, errors: FieldErrors): void {
  validateData(object, ['data'], errors);
  const size = Object.values(recordAt(object, 'data') ?? {}).reduce<number>(
    (sum, value) => sum + (String(value).length * 3) / 4,
    0,
  );
  if (size > 1024 * 1024) errors.invalid('data', '', 'must have at most 1048576 bytes');
}

function validateRoleBinding(object: KubeObject, errors: FieldErrors): void {
  const kinds = object.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const kind = textAt(object, 'roleRef', 'kind') ?? '';
  if (!kinds.includes(kind)) errors.notSupported('roleRef.kind', kind, kinds);
  if (!textAt(object, 'roleRef', 'name')) errors.required('roleRef.name');
  for (const [index, subject] of recordsAt(object, 'subjects').entries()) {
    if (!textAt(subject, 'name')) errors.required(`subjects[${index}].name`);
  }
}
