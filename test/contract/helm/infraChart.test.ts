import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { beforeAll, describe, expect, test } from 'vitest';
import { grafanaDashboard } from '../../../src/core/dashboards/grafanaDashboard';
import { helmPath } from '../../support/helm';
import {
  combinations,
  infraChart,
  infraParts,
  ownAddresses,
  render,
  renderAll,
  type InfraTestValues,
  type KubeObject,
} from '../../support/infraChart';

const namespace = 'infra';
const named = (objects: readonly KubeObject[], kind: string, name: string): KubeObject | undefined =>
  objects.find((one) => one.kind === kind && one.metadata.name === name);
const workloads = (objects: readonly KubeObject[]): KubeObject[] =>
  objects.filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet');
const containers = (object: KubeObject): KubeObject['spec'][] => {
  const { initContainers = [], containers: main } = object['spec'].template.spec;
  return [...initContainers, ...main];
};
const configOf = (objects: readonly KubeObject[], name: string): string => {
  const data: Record<string, string> = named(objects, 'ConfigMap', name)?.['data'] ?? {};
  return Object.values(data).join('\n');
};
const bytes = (amount: string): number => {
  const [, digits, unit = ''] = /^(\d+)([KMG]i)?$/.exec(amount) ?? [];
  if (digits === undefined) throw new Error(`${amount} is no amount of memory that this test knows.`);
  return Number(digits) * ({ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }[unit] ?? 1);
};

describe('charts/infra', () => {
  let whole: KubeObject[];

  beforeAll(async () => {
    whole = await render(infraChart, namespace, {});
  });

  test('passes the strict lint, with its own values and with addresses of the person', () => {
    execFileSync(helmPath, ['lint', '--strict', infraChart], { stdio: 'pipe' });
    const sets = infraParts.flatMap((part) => ['--set', `${part}.address=${ownAddresses[part].address}`]);
    execFileSync(helmPath, ['lint', '--strict', infraChart, ...sets], { stdio: 'pipe' });
  });

  test('has the services that others rely on', () => {
    const ports = (name: string): number[] =>
      named(whole, 'Service', name)?.['spec'].ports.map(({ port }: { port: number }) => port);
    expect(ports('postgresql')).toEqual([5432]);
    expect(ports('temporal-frontend')).toEqual([7233]);
    expect(ports('otel-collector')).toEqual([4317, 4318, 8889]);
    expect(ports('prometheus')).toEqual([9090]);
    expect(ports('loki')).toEqual([3100]);
    expect(ports('jaeger')).toEqual([16686, 4317]);
    expect(ports('grafana')).toEqual([3000]);
    const hosts = whole
      .filter(({ kind }) => kind === 'Ingress')
      .map((ingress): string => ingress['spec'].rules[0].host)
      .sort();
    expect(hosts).toEqual(['grafana.localhost', 'jaeger.localhost', 'prometheus.localhost', 'temporal.localhost']);
    expect(whole.filter((one) => one.kind === 'Service').every((one) => one['spec'].type === 'ClusterIP')).toBe(true);
  });

  test('asks for at most 2 GB of memory, on three nodes', () => {
    const sum = workloads(whole).reduce((total, object) => {
      const ofPod = object['spec'].template.spec.containers.reduce(
        (all: number, one: KubeObject['spec']) => all + bytes(one.resources.requests.memory),
        0,
      );
      return total + ofPod * (object.kind === 'DaemonSet' ? 3 : object['spec'].replicas);
    }, 0);
    expect(sum).toBeGreaterThan(2 ** 30);
    expect(sum).toBeLessThanOrEqual(2e9);
  });

  test('every container has limits, a probe and no right to more; every image a version', () => {
    for (const object of workloads(whole)) {
      const { securityContext, automountServiceAccountToken } = object['spec'].template.spec;
      expect(securityContext.seccompProfile.type, object.metadata.name).toBe('RuntimeDefault');
      const usesApi = ['prometheus', 'otel-collector', 'otel-pod-logs'].includes(object.metadata.name);
      expect(automountServiceAccountToken).toBe(usesApi);
      for (const container of containers(object)) {
        expect(container.resources.limits.memory).toMatch(/^\d+[MG]i$/);
        expect(container.securityContext.allowPrivilegeEscalation).toBe(false);
        expect(container.securityContext.capabilities.drop).toEqual(['ALL']);
        expect(container.image).toMatch(/^docker\.io\/[a-z-]+\/[a-z-]+:v?\d+\.\d+(\.\d+)?$/);
      }
      for (const container of object['spec'].template.spec.containers)
        expect(container.readinessProbe, container.name).toBeDefined();
      const mayBeRoot = object.metadata.name === 'otel-pod-logs';
      expect(securityContext.runAsNonRoot === true, object.metadata.name).toBe(!mayBeRoot);
    }
  });

  test('all that it makes is labelled as infra, and owned by it', () => {
    for (const { metadata } of whole)
      expect(metadata.labels, metadata.name).toMatchObject({
        'coppice.dev/infra': 'true',
        'coppice.dev/repository': 'infra',
        'coppice.dev/worktree': 'infra',
      });
    for (const object of workloads(whole)) {
      const { selector, template } = object['spec'];
      expect(template.metadata.labels).toMatchObject(selector.matchLabels);
      expect(template.metadata.labels['coppice.dev/service']).toBe(object.metadata.name);
    }
  });

  test('a private registry takes the place of every other; an image can be one of the node', async () => {
    const mirrored = await render(infraChart, namespace, { global: { registry: 'mirror.test:5000/all' } });
    for (const container of workloads(mirrored).flatMap(containers))
      expect(container.image).toMatch(/^mirror\.test:5000\/all\//);
    const local = await render(infraChart, namespace, {
      postgresql: { image: { registry: '', repository: 'own/postgres', tag: 'x' } },
      loki: { image: { digest: `sha256:${'a'.repeat(64)}` } },
    });
    expect(
      workloads(local)
        .flatMap(containers)
        .map(({ image }) => image as string),
    ).toEqual(expect.arrayContaining(['own/postgres:x', `docker.io/grafana/loki@sha256:${'a'.repeat(64)}`]));
  });

  test('data stay: volumes are kept, or live with their pods where that is asked for', async () => {
    const claims = whole.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    expect(claims.map(({ metadata }) => metadata.name).sort()).toEqual([
      'grafana',
      'jaeger',
      'loki',
      'postgresql',
      'prometheus',
    ]);
    for (const claim of claims)
      expect(claim.metadata).toHaveProperty(['annotations', 'helm.sh/resource-policy'], 'keep');
    // Two pods at once on one folder would destroy it.
    for (const { metadata } of claims)
      expect(named(whole, 'Deployment', metadata.name)?.['spec'].strategy.type).toBe('Recreate');
    const fleeting = await render(infraChart, namespace, { global: { persistence: false } });
    expect(fleeting.some(({ kind }) => kind === 'PersistentVolumeClaim')).toBe(false);
    // None takes the node's disk from environments, and none is put out with databases in it.
    for (const claim of claims) {
      const volumes = named(fleeting, 'Deployment', claim.metadata.name)?.['spec'].template.spec.volumes;
      const sizeLimit = claim['spec'].resources.requests.storage;
      const emptyDir = claim.metadata.name === 'postgresql' ? {} : { sizeLimit };
      expect(volumes).toContainEqual({ name: 'data', emptyDir });
    }
    // Prometheus lets go of the oldest before its volume is full.
    const prometheus = (values: object): Promise<string[]> =>
      render(infraChart, namespace, { prometheus: values }).then((all) =>
        containers(named(all, 'Deployment', 'prometheus') as KubeObject).flatMap(({ args }) => args as string[]),
      );
    for (const [storage, most] of [
      ['8Gi', '6871947673B'],
      ['1.5G', '1200000000B'],
      ['500Mi', '419430400B'],
    ])
      expect(await prometheus({ storage })).toContain(`--storage.tsdb.retention.size=${most}`);
    const classy = await render(infraChart, namespace, { global: { storageClass: 'fast' } });
    expect(named(classy, 'PersistentVolumeClaim', 'loki')?.['spec'].storageClassName).toBe('fast');
  });

  test('Grafana shows without a login, changes nothing without one, and has no password in any config', () => {
    const [grafana] = containers(named(whole, 'Deployment', 'grafana') as KubeObject);
    const variables = new Map<string, unknown>(
      grafana.env.map(({ name, value, valueFrom }: Record<string, string>) => [name, value ?? valueFrom]),
    );
    expect(variables.get('GF_SECURITY_ALLOW_EMBEDDING')).toBe('true');
    expect(variables.get('GF_AUTH_ANONYMOUS_ORG_ROLE')).toBe('Viewer');
    expect(variables.get('GF_USERS_ALLOW_SIGN_UP')).toBe('false');
    expect(variables.get('GF_SECURITY_ADMIN_PASSWORD')).toEqual({
      secretKeyRef: { name: 'infra-grafana', key: 'password' },
    });
    const secret = named(whole, 'Secret', 'infra-grafana');
    expect(Buffer.from(secret?.['data'].password, 'base64').toString()).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(readFileSync(join(infraChart, 'values.yaml'), 'utf8')).not.toMatch(/password: \S/);
    expect(JSON.parse(configOf(whole, 'grafana-dashboards'))).toEqual(grafanaDashboard());
  });

  test('what pods send is labelled by the platform, whatever they say themselves', () => {
    const { processors, service, exporters } = parse(configOf(whole, 'otel-collector'));
    const taken = processors['resource/sender'].attributes.map(({ key }: { key: string }) => key);
    expect(taken).toEqual(
      expect.arrayContaining(['k8s.namespace.name', 'k8s.pod.name', 'coppice.worktree', 'coppice.branch']),
    );
    for (const { processors: order } of Object.values<{ processors: string[] }>(service.pipelines))
      expect(order).toEqual(['memory_limiter', 'resource/sender', 'k8s_attributes', 'transform/platform', 'batch']);
    // Known by its address only: what a sender could say of itself is not asked.
    expect(processors.k8s_attributes.pod_association).toEqual([{ sources: [{ from: 'connection' }] }]);
    expect(exporters['otlp_http/loki'].endpoint).toBe('http://loki:3100/otlp');
    expect(exporters['otlp_grpc/jaeger'].endpoint).toBe('jaeger:4317');
    const loki = parse(configOf(whole, 'loki'));
    expect(loki.limits_config.otlp_config.resource_attributes).toEqual({
      ignore_defaults: true,
      attributes_config: [{ action: 'index_label', attributes: ['k8s.namespace.name', 'service.name'] }],
    });
  });

  test('each caller may reach what it needs, where that is enforced', () => {
    const callers = (name: string): unknown[] =>
      named(whole, 'NetworkPolicy', name)?.['spec'].ingress.map(({ from, ports }: KubeObject['spec']) => [
        JSON.stringify(from[0].namespaceSelector?.matchExpressions?.[0].key ?? from[0].namespaceSelector ?? 'infra'),
        ports?.map(({ port }: { port: number }) => port) ?? 'all',
      ]);
    const own = ['"infra"', 'all'];
    expect(callers('postgresql')).toEqual([own, ['"coppice.dev/worktree"', [5432]]]);
    expect(callers('otel-collector')).toEqual([own, ['"coppice.dev/worktree"', [4317, 4318]]]);
    expect(callers('temporal-frontend')).toEqual([own, ['"coppice.dev/worktree"', [7233]]]);
    const byIngress = '{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}}';
    expect(callers('grafana')).toEqual([own, [byIngress, [3000]]]);
    // Loki takes records as they come: only the collector may say whose they are.
    expect(callers('loki')).toEqual([own]);
  });

  test.each([
    { global: { registry: 'a b' } },
    { grafana: { address: 'javascript:alert(1)' } },
    { postgresql: { address: 'no-port' } },
    { postgresql: { user: 'a; DROP' } },
    { prometheus: { image: { tag: '$(x)' } } },
    { prometheus: { retention: 'ever' } },
    { ingress: { domain: 'a b' } },
    { unknown: true },
  ])('Helm refuses by the schema: %j', async (values) => {
    await expect(render(infraChart, namespace, values)).rejects.toThrow(/values don't meet the specifications/);
  });

  describe('whatever is on and off', () => {
    const variants: InfraTestValues[] = [
      ...combinations(),
      ...infraParts.map((part) => ({ [part]: ownAddresses[part] })),
      ownAddresses,
      { ...ownAddresses, collector: { enabled: true } },
    ];
    let rendered: (readonly KubeObject[])[];
    beforeAll(async () => {
      rendered = await renderAll(infraChart, namespace, variants);
    }, 120_000);

    test('nothing is made twice, and a config is YAML', () => {
      for (const objects of rendered) {
        const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
        expect(new Set(names).size).toBe(names.length);
        for (const { data, kind } of objects)
          if (kind === 'ConfigMap')
            for (const text of Object.values<string>(data)) expect(parse(text)).toBeTypeOf('object');
      }
    });

    test('a part that is off, or somebody else’s, leaves nothing', () => {
      const ownNames = {
        ...{ postgresql: ['postgresql'], temporal: ['temporal-frontend', 'temporal-ui'], grafana: ['grafana'] },
        ...{ prometheus: ['prometheus'], loki: ['loki'], jaeger: ['jaeger'], collector: ['otel-collector'] },
      };
      variants.forEach((values, index) => {
        const made = workloads(rendered[index] ?? []).map(({ metadata }) => metadata.name);
        for (const part of infraParts) {
          const runs = values[part]?.enabled !== false && !values[part]?.address;
          for (const name of ownNames[part]) expect(made.includes(name), `${name} in ${index}`).toBe(runs);
        }
      });
    });

    test('what a part is told to talk with is there', () => {
      for (const objects of rendered) {
        const services = new Set(
          objects.flatMap(({ kind, metadata, spec }) =>
            kind === 'Service' ? spec.ports.map(({ port }: { port: number }) => `${metadata.name}:${port}`) : [],
          ),
        );
        const said = objects.flatMap((object) =>
          object.kind === 'ConfigMap' || object.kind === 'Deployment' ? [JSON.stringify(object)] : [],
        );
        const own =
          /(?<![\w.-])(postgresql|temporal-frontend|otel-collector|prometheus|loki|jaeger|grafana):(\d{4,5})\b/g;
        for (const text of said) for (const [address] of text.matchAll(own)) expect(services).toContain(address);
      }
    });

    test('every reference within the namespace leads somewhere', () => {
      for (const objects of rendered) {
        const there = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
        for (const object of workloads(objects)) {
          const pod = object['spec'].template.spec;
          for (const { configMap, persistentVolumeClaim } of pod.volumes ?? []) {
            if (configMap) expect(there).toContain(`ConfigMap/${configMap.name}`);
            if (persistentVolumeClaim)
              expect(there).toContain(`PersistentVolumeClaim/${persistentVolumeClaim.claimName}`);
          }
          if (pod.serviceAccountName) expect(there).toContain(`ServiceAccount/${pod.serviceAccountName}`);
          for (const { valueFrom } of containers(object).flatMap(({ env = [] }) => env)) {
            const secret: string | undefined = valueFrom?.secretKeyRef?.name;
            if (secret?.startsWith('infra-')) expect(there).toContain(`Secret/${secret}`);
          }
          const volumes = new Set((pod.volumes ?? []).map(({ name }: { name: string }) => name));
          for (const { name } of containers(object).flatMap(({ volumeMounts = [] }) => volumeMounts))
            expect(volumes).toContain(name);
        }
      }
    });
  });
});
