import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { databaseVariableNames } from '../../../src/core/databases/databaseEnvironment';
import { completeValues, hostileBranches, refusedValues, worktreeValues } from '../../support/worktreeValues';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { chart, helmPath } from '../../support/helm';
import { renderChart, writeValues } from '../../support/renderedChart';

const owner = {
  'coppice.dev/repository': '0123456789ab',
  'coppice.dev/worktree': 'ba9876543210',
  'app.kubernetes.io/instance': 'one',
  'app.kubernetes.io/part-of': 'one',
};

function labelsOf(service: string): Record<string, string> {
  return { ...owner, 'coppice.dev/service': service, 'app.kubernetes.io/name': service };
}

describe('charts/worktree', () => {
  test('passes the strict lint, with its own values and with hostile ones', () => {
    execFileSync(helmPath, ['lint', '--strict', chart], { stdio: 'pipe' });
    execFileSync(
      helmPath,
      ['lint', '--strict', chart, '--values', writeValues(worktreeValues(hostileBranches[5], '/w'))],
      {
        stdio: 'pipe',
      },
    );
  });

  test.each(hostileBranches)('renders the branch %j as text, field by field', (branch) => {
    const folderOfWorktree = `/w/${branch.replaceAll('\n', ' ')}`;
    const objects = renderChart(worktreeValues(branch, folderOfWorktree));
    const annotations = { 'coppice.dev/branch': branch, 'coppice.dev/folder': folderOfWorktree };
    const managed = { 'app.kubernetes.io/managed-by': 'Helm' };
    const selector = (service: string): object => ({
      'coppice.dev/worktree': 'ba9876543210',
      'coppice.dev/service': service,
    });
    const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    const deployment = (
      service: string,
      spec: { readonly replicas: number } & Readonly<Record<string, unknown>>,
    ): object => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        ...{ name: service, namespace: 'worktree-one', labels: { ...labelsOf(service), ...managed } },
        // An install wakes what sleeps.
        annotations: { ...annotations, 'coppice.dev/asleep': '', 'coppice.dev/replicas': String(spec.replicas) },
      },
      spec: {
        revisionHistoryLimit: 2,
        progressDeadlineSeconds: 120,
        selector: { matchLabels: selector(service) },
        strategy: rolling,
        ...spec,
      },
    });
    const template = (service: string, container: object, pod: object = {}): object => ({
      metadata: { labels: labelsOf(service), annotations },
      spec: {
        serviceAccountName: 'worktree',
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: service,
            imagePullPolicy: 'IfNotPresent',
            terminationMessagePolicy: 'FallbackToLogsOnError',
            resources: { requests: { cpu: '10m', memory: '32Mi' } },
            securityContext: { allowPrivilegeEscalation: false },
            ...container,
          },
        ],
        ...pod,
      },
    });
    const readiness = {
      initialDelaySeconds: 0,
      periodSeconds: 1,
      timeoutSeconds: 2,
      successThreshold: 1,
      failureThreshold: 3,
    };
    const database = databaseVariableNames.map((key) => {
      const optional = key === 'DATABASE_URL' ? {} : { optional: true };
      return { name: key, valueFrom: { secretKeyRef: { name: 'database', key, ...optional } } };
    });
    const addresses = [
      { name: 'BACKEND_SERVICE_HOST', value: 'backend' },
      { name: 'BACKEND_SERVICE_PORT', value: '8000' },
      { name: 'FRONTEND_SERVICE_HOST', value: 'frontend' },
      { name: 'FRONTEND_SERVICE_PORT', value: '3000' },
    ];
    const httpGet = { path: '/healthz?x="1"', port: 8000, scheme: 'HTTP' };

    expect(objects.get('Deployment/frontend')).toEqual(
      deployment('frontend', {
        replicas: 2,
        // Two in one folder would meet in it.
        strategy: { type: 'Recreate' },
        template: template(
          'frontend',
          {
            image: 'node:24',
            command: ['node', 'frontend/server.js', branch],
            workingDir: '/workspace',
            ports: [{ name: 'http', containerPort: 3000, protocol: 'TCP' }],
            env: [
              ...addresses,
              ...database,
              { name: 'PORT', value: '3000' },
              { name: 'PRICE', value: '$5 $$5 $(PORT) $$(PORT)' },
              { name: 'WORKTREE_BRANCH', value: branch },
            ],
            readinessProbe: { tcpSocket: { port: 3000 }, ...readiness },
            volumeMounts: [{ name: 'workspace', mountPath: '/workspace' }],
          },
          { volumes: [{ name: 'workspace', hostPath: { path: folderOfWorktree, type: 'Directory' } }] },
        ),
      }),
    );
    expect(objects.get('Deployment/backend')).toEqual(
      deployment('backend', {
        replicas: 1,
        template: template('backend', {
          image: 'one/backend:latest',
          ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
          env: [...addresses, ...database],
          readinessProbe: { httpGet, ...readiness },
          startupProbe: { httpGet, ...readiness, failureThreshold: 1200 },
          livenessProbe: {
            httpGet,
            initialDelaySeconds: 0,
            periodSeconds: 10,
            timeoutSeconds: 5,
            successThreshold: 1,
            failureThreshold: 6,
          },
        }),
      }),
    );
    expect(objects.get('Deployment/worker')).toEqual(
      deployment('worker', {
        replicas: 0,
        template: template('worker', {
          image: 'one/backend:latest',
          command: ['node', 'worker.js'],
          env: [...addresses, ...database.slice(1), { name: 'DATABASE_URL', value: 'postgres://of-the-author' }],
          startupProbe: {
            exec: { command: ['node', 'isReady.js', '{{ x }}'] },
            ...readiness,
            timeoutSeconds: 10,
            failureThreshold: 1200,
          },
        }),
      }),
    );
    for (const [name, port] of [
      ['frontend', 3000],
      ['backend', 8000],
    ] as const) {
      expect(objects.get(`Service/${name}`)).toEqual({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'worktree-one', labels: { ...labelsOf(name), ...managed } },
        spec: {
          type: 'ClusterIP',
          selector: selector(name),
          ports: [{ name: 'http', port, targetPort: port, protocol: 'TCP' }],
        },
      });
    }
    const path = (route: string, name: string, number: number, pathType = 'Prefix'): object => ({
      path: route,
      pathType,
      backend: { service: { name, port: { number } } },
    });
    const metadata = {
      name: 'worktree',
      namespace: 'worktree-one',
      labels: { ...owner, ...managed, 'app.kubernetes.io/name': 'worktree' },
      annotations,
    };
    expect(objects.get('Ingress/worktree')).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata,
      spec: {
        ingressClassName: 'traefik',
        rules: [{ host: 'one.localhost', http: { paths: [path('/', 'frontend', 3000)] } }],
      },
    });
    for (const [index, route] of ['/api', '/graphql'].entries())
      expect(objects.get(`Ingress/worktree-backend-${index}`)).toEqual({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: {
          ...metadata,
          name: `worktree-backend-${index}`,
          labels: { ...labelsOf('backend'), ...managed },
          annotations: { ...annotations, 'traefik.ingress.kubernetes.io/router.priority': String(1000 + route.length) },
        },
        spec: {
          ingressClassName: 'traefik',
          rules: [
            {
              host: 'one.localhost',
              http: { paths: [path(route, 'backend', 8000, 'Exact'), path(`${route}/`, 'backend', 8000)] },
            },
          ],
        },
      });
    expect(objects.get('ServiceAccount/worktree')).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata,
      automountServiceAccountToken: false,
    });
    expect(objects.size).toBe(9);
  });

  test('on the embedded cluster runs no two copies of anything in the folder, and leaves addresses to the cluster', () => {
    const objects = renderChart({ ...worktreeValues('main', '/w'), embedded: true });
    for (const service of ['frontend', 'backend', 'worker']) {
      const deployment = objects.get(`Deployment/${service}`);
      expect(deployment).toHaveProperty('spec.strategy', { type: 'Recreate' });
      expect(deployment).not.toHaveProperty('spec.template.spec.enableServiceLinks');
      expect(JSON.stringify(deployment)).not.toContain('_SERVICE_');
    }
    // Its gateway knows what a route is.
    expect([...objects.keys()].filter((key) => key.startsWith('Ingress/'))).toEqual(['Ingress/worktree']);
  });

  test("lets a service's own variable stand, and gives it the time to start that the values say", () => {
    const values = worktreeValues('main', '/w');
    const services = values.services.map((service) => ({ ...service, env: { BACKEND_SERVICE_HOST: 'elsewhere' } }));
    const backend = renderChart({ ...values, services, startupSeconds: 900 }).get('Deployment/backend');
    expect(backend).toHaveProperty('spec.template.spec.containers[0].startupProbe.failureThreshold', 900);
    const env = JSON.stringify(backend).match(/"BACKEND_SERVICE_HOST","value":"[^"]*"/g);
    expect(env).toEqual(['"BACKEND_SERVICE_HOST","value":"elsewhere"']);
  });

  test('asks Prometheus to look where a service has its metrics', () => {
    const values = worktreeValues('main', '/w');
    const [first, ...rest] = values.services;
    if (!first) throw new Error('There is no service.');
    const env = { ...first.env, METRICS_PORT: '9123' };
    const objects = renderChart({ ...values, services: [{ ...first, env }, ...rest] });
    expect(objects.get(`Deployment/${first.name}`)).toHaveProperty('spec.template.metadata.annotations', {
      'coppice.dev/branch': 'main',
      'coppice.dev/folder': '/w',
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '9123',
    });
  });

  test('has no ingress without routes, no class and no secret when there is none', () => {
    const values = worktreeValues('main', '/w');
    const bare = renderChart({ ...values, databaseSecret: null, ingressClass: null });
    expect(JSON.stringify(bare.get('Deployment/backend'))).not.toContain('DATABASE_URL');
    expect(JSON.stringify(bare.get('Ingress/worktree'))).not.toContain('ingressClassName');
    const silent = renderChart({ ...values, services: values.services.map((service) => ({ ...service, routes: [] })) });
    expect([...silent.keys()].filter((key) => key.startsWith('Ingress'))).toEqual([]);
    expect(renderChart({ ...values, services: [] }).size).toBe(1);
  });

  test('keeps the namespace to itself where that is asked for', () => {
    const guarded = renderChart(completeValues);
    const namespace = (name: string): object => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    });
    expect(guarded.get('NetworkPolicy/worktree')).toMatchObject({
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ podSelector: {} }, namespace('a'), namespace('b')] }],
        egress: [
          { to: [{ podSelector: {} }, namespace('a')] },
          {
            to: [
              namespace('kube-system'),
              { namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
              { ipBlock: { cidr: '169.254.0.0/16' } },
            ],
            ports: [
              { port: 53, protocol: 'UDP' },
              { port: 53, protocol: 'TCP' },
            ],
          },
          { ports: [{ port: 443, protocol: 'TCP' }] },
        ],
      },
    });
    expect(guarded.get('ResourceQuota/worktree')).toMatchObject({
      spec: {
        hard: {
          pods: '10',
          'requests.cpu': '500m',
          'limits.memory': '1.5Gi',
          'services.nodeports': '0',
          'services.loadbalancers': '0',
        },
      },
    });
    expect(guarded.get('LimitRange/worktree')).toMatchObject({
      spec: {
        limits: [{ type: 'Container', defaultRequest: { cpu: '10m', memory: '32Mi' }, default: { memory: '512Mi' } }],
      },
    });
    // Older kubectls read the one, newer ones the other, and neither tells that it was not allowed to.
    const { rules } = guarded.get('Role/worktree') as unknown as {
      rules: { apiGroups: string[]; resources: string[] }[];
    };
    const readable = rules.flatMap((rule) => rule.resources.map((name) => [...rule.apiGroups, name].join('/')));
    expect(readable).toEqual(expect.arrayContaining(['/endpoints', 'discovery.k8s.io/endpointslices']));
    const { quota: _, network: __, access: ___, ...bare } = completeValues;
    const added = [...guarded.keys()].filter((key) => !renderChart(bare).has(key)).sort();
    expect(added).toEqual(
      ['LimitRange', 'NetworkPolicy', 'ResourceQuota', 'Role', 'RoleBinding'].map((kind) => `${kind}/worktree`),
    );
    // No rule that is open to all has no port: that would let pods reach everything.
    const shut = renderChart({ ...completeValues, network: { ...completeValues.network, outsidePorts: [] } });
    expect(shut.get('NetworkPolicy/worktree')).toHaveProperty('spec.egress.length', 2);
  });

  test.each(refusedValues)('Helm refuses by the schema, before anything is rendered: %s', (_, values) => {
    expect(() => renderChart(values as WorktreeValues)).toThrow(/values don't meet the specifications of the schema/);
  });

  test('Helm takes all that the type allows', () => {
    expect(renderChart(completeValues).size).toBeGreaterThan(1);
  });
});
