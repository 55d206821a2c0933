import { describe, expect, it } from 'vitest';
import type { V1Container, V1Pod } from '@ngrok/webernetes';
import type { KubeObject } from '../../../../../packages/cluster/src/schema/kubeObject';
import {
  containerEnvironment,
  ContainerConfigProblem,
  type EnvironmentSources,
} from '../../../../../packages/cluster/src/node/containerEnvironment';

const pod: V1Pod = {
  metadata: {
    name: 'p',
    namespace: 'ns',
    uid: 'u',
    labels: { 'app.kubernetes.io/name': 'shop' },
    annotations: { note: 'n' },
  },
  spec: { nodeName: 'node-1', containers: [] },
};

const objects: KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'ns' },
    data: { password: Buffer.from('geheim ü').toString('base64'), user: Buffer.from('me').toString('base64') },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'ns' }, data: { level: 'debug' } },
];

const sources: EnvironmentSources = {
  find: (kind, name) => objects.find((object) => object.kind === kind && object.metadata.name === name),
  services: new Map([
    ['BACKEND_SERVICE_HOST', '127.0.0.1'],
    ['BACKEND_SERVICE_PORT', '20001'],
  ]),
  names: new Map([['a name of the cluster', '8080']]),
  realPort: (port) => port + 10_000,
};

function environmentOf(container: Partial<V1Container>): Record<string, string> {
  return Object.fromEntries(containerEnvironment(pod, { name: 'c', ...container }, sources));
}

describe('containerEnvironment', () => {
  it('takes values, secrets and config maps', () => {
    const environment = environmentOf({
      env: [
        { name: 'PLAIN', value: 'x' },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
        { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'conf', key: 'level' } } },
      ],
    });
    expect(environment).toMatchObject({ PLAIN: 'x', PASSWORD: 'geheim ü', LEVEL: 'debug' });
  });

  it('expands what stands before, secrets and the real port included, and what the cluster itself knows', () => {
    const environment = environmentOf({
      ports: [{ containerPort: 3000 }],
      env: [
        { name: 'EARLY', value: '$(PORT)' },
        { name: 'PORT', value: '3000' },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
        { name: 'ALL', value: '$(PORT) $(PASSWORD) $(BACKEND_SERVICE_PORT) $(a name of the cluster) $$(PORT)' },
        { name: 'AGAIN', value: '$(ALL)' },
      ],
    });
    const all = '13000 geheim ü 20001 8080 $(PORT)';
    expect(environment).toMatchObject({ EARLY: '$(PORT)', ALL: all, AGAIN: all });
    expect(environment).not.toHaveProperty('a name of the cluster');
  });

  it('takes whole objects with a prefix, and lets env win over them', () => {
    const environment = environmentOf({
      envFrom: [{ secretRef: { name: 'db' }, prefix: 'DB_' }, { configMapRef: { name: 'conf' } }],
      env: [{ name: 'level', value: 'own' }],
    });
    expect(environment).toMatchObject({ DB_password: 'geheim ü', DB_user: 'me', level: 'own' });
  });

  it('expands names that come before, and those of services, but not later ones', () => {
    const environment = environmentOf({
      env: [
        { name: 'EARLY', value: '$(LATE)' },
        { name: 'LATE', value: 'l' },
        { name: 'URL', value: 'http://$(BACKEND_SERVICE_HOST):$(BACKEND_SERVICE_PORT)/$(LATE)' },
      ],
    });
    expect(environment).toMatchObject({ EARLY: '$(LATE)', URL: 'http://127.0.0.1:20001/l' });
  });

  it('adds the variables of services where the container does not set them', () => {
    expect(environmentOf({ env: [{ name: 'BACKEND_SERVICE_PORT', value: '1' }] })).toEqual({
      BACKEND_SERVICE_HOST: '127.0.0.1',
      BACKEND_SERVICE_PORT: '1',
    });
  });

  it('gives PORT the real port where it names a port of the container, and only there', () => {
    const ports = [{ containerPort: 3000 }];
    const environment = environmentOf({
      ports,
      env: [
        { name: 'PORT', value: '3000' },
        { name: 'OTHER', value: '3000' },
        { name: 'LINK', value: 'http://localhost:$(PORT)' },
      ],
    });
    expect(environment).toMatchObject({ PORT: '13000', OTHER: '3000', LINK: 'http://localhost:13000' });
    expect(environmentOf({ ports, env: [{ name: 'PORT', value: '4000' }] })).toMatchObject({ PORT: '4000' });
  });

  it('knows the downward API', () => {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const environment = environmentOf({
      env: [
        field('NAME', 'metadata.name'),
        field('NS', 'metadata.namespace'),
        field('UID', 'metadata.uid'),
        field('APP', "metadata.labels['app.kubernetes.io/name']"),
        field('NOTE', "metadata.annotations['note']"),
        field('NODE', 'spec.nodeName'),
        field('IP', 'status.podIP'),
      ],
    });
    expect(environment).toMatchObject({
      NAME: 'p',
      NS: 'ns',
      UID: 'u',
      APP: 'shop',
      NOTE: 'n',
      NODE: 'node-1',
      IP: '127.0.0.1',
    });
  });

  it('knows resources', () => {
    const environment = environmentOf({
      resources: { limits: { cpu: '1500m', memory: '64Mi' } },
      env: [
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      ],
    });
    expect(environment).toMatchObject({ CPU: '2', MEMORY: '64' });
  });

  it.each([
    ['a secret', { secretKeyRef: { name: 'none', key: 'k' } }, 'secret "none" not found'],
    ['a key of a secret', { secretKeyRef: { name: 'db', key: 'none' } }, "couldn't find key none in Secret ns/db"],
    ['a config map', { configMapKeyRef: { name: 'none', key: 'k' } }, 'configmap "none" not found'],
    [
      'a key of a config map',
      { configMapKeyRef: { name: 'conf', key: 'none' } },
      "couldn't find key none in ConfigMap ns/conf",
    ],
  ])('says in the words of Kubernetes that %s is missing', (_what, valueFrom, message) => {
    expect(() => environmentOf({ env: [{ name: 'X', valueFrom }] })).toThrow(new ContainerConfigProblem(message));
  });

  it('leaves out what is missing and optional', () => {
    const environment = environmentOf({
      envFrom: [{ secretRef: { name: 'none', optional: true } }],
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'k', optional: true } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'conf', key: 'none', optional: true } } },
      ],
    });
    expect(environment).not.toHaveProperty('A');
    expect(environment).not.toHaveProperty('B');
  });
});
