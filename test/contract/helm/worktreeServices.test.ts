import { describe, expect, test } from 'vitest';
import type { WorktreeValues } from '../../../src/core/ports/releases';
import { renderChart } from '../../support/renderedChart';
import { worktreeValues } from '../../support/worktreeValues';

describe('services of charts/worktree', () => {
  test('runs a service in its folder where that is there: on the embedded cluster, and where the worktree is mounted', () => {
    const values = worktreeValues('main', '/w');
    const services = values.services.map((service) => ({ ...service, folder: "apps/the api's" }));
    const foldersOn = (more: Partial<WorktreeValues>): unknown[] => {
      const objects = renderChart({ ...values, services, ...more });
      const containers = ['frontend', 'backend'].map((name) => JSON.stringify(objects.get(`Deployment/${name}`)));
      return containers.map((text) => /"workingDir":"([^"]*)"/.exec(text)?.[1]);
    };
    expect(foldersOn({})).toEqual(["/workspace/apps/the api's", undefined]);
    expect(foldersOn({ embedded: true })).toEqual(["/workspace/apps/the api's", "/workspace/apps/the api's"]);
  });

  test('gives what is used its ports, its data and time to end, and nothing to know of others', () => {
    const values = worktreeValues('main', '/w');
    const used: WorktreeValues['services'][number] = {
      ...{ name: 'mail', image: 'axllent/mailpit:v1.27.8', command: [], routes: [], env: { A: 'b' }, health: null },
      ...{ replicas: 1, mount: false, graceSeconds: 30, port: 8025, morePorts: { smtp: 1025 } },
      bare: true,
    };
    const render = (data: WorktreeValues['services'][number]['data'], more: Partial<WorktreeValues> = {}) =>
      renderChart({ ...values, ...more, services: [...values.services, { ...used, ...(data ? { data } : {}) }] });
    const kept = render({ path: '/data', tool: 'mailpit', isKept: true, group: 1000 });
    expect(kept.get('Deployment/mail')).toMatchObject({
      metadata: { annotations: { 'coppice.dev/single': 'true' } },
      spec: {
        strategy: { type: 'Recreate' },
        template: {
          spec: {
            terminationGracePeriodSeconds: 30,
            securityContext: { fsGroup: 1000 },
            containers: [
              {
                env: [{ name: 'A', value: 'b' }],
                ports: [{ containerPort: 8025 }, { name: 'smtp', containerPort: 1025 }],
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
            volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'mail-mailpit-data' } }],
          },
        },
      },
    });
    expect(kept.get('Service/mail')).toMatchObject({
      spec: { ports: [{ port: 8025 }, { name: 'smtp', port: 1025, targetPort: 1025 }] },
    });
    // An update that does not use it any more leaves its data.
    expect(kept.get('PersistentVolumeClaim/mail-mailpit-data')).toMatchObject({
      metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } },
    });
    // What another tool wrote under the same name is not opened by this one.
    const other = render({ path: '/data', tool: 'other', isKept: true });
    expect(other.has('PersistentVolumeClaim/mail-other-data')).toBe(true);
    expect(other.has('PersistentVolumeClaim/mail-mailpit-data')).toBe(false);
    const brief = render({ path: '/data', tool: 'mailpit', isKept: false });
    expect(brief.get('Deployment/mail')).toMatchObject({
      spec: { template: { spec: { volumes: [{ name: 'data', emptyDir: {} }] } } },
    });
    expect([...brief.keys()].filter((key) => key.startsWith('PersistentVolumeClaim/'))).toEqual([]);
    const here = render(undefined, { embedded: true }).get('Deployment/mail');
    expect(here).toMatchObject({ spec: { strategy: { type: 'Recreate' } } });
    expect(here).not.toHaveProperty('spec.template.spec.volumes');
  });

  test('gives variables in the order that they need', () => {
    const values = worktreeValues('main', '/w');
    const [first] = values.services;
    if (!first) throw new Error('There is no service.');
    const env = { A: '$(Z)', Z: '$(PORT)', PORT: '3000' };
    const service = { ...first, env, envOrder: ['PORT', 'Z', 'A'] };
    const deployment = renderChart({ ...values, services: [service] }).get('Deployment/frontend');
    expect(deployment).toHaveProperty(
      'spec.template.spec.containers[0].env',
      expect.arrayContaining([
        { name: 'PORT', value: '3000' },
        { name: 'Z', value: '$(PORT)' },
        { name: 'A', value: '$(Z)' },
      ]),
    );
    expect(JSON.stringify(deployment)).toMatch(/"DATABASE_URL".*"PORT".*"Z".*"A"/);
  });

  test('holds what waits for others, and what runs to its end, until somebody starts it', () => {
    const values = worktreeValues('main', '/w');
    const [frontend, backend, worker] = values.services;
    if (!frontend || !backend || !worker) throw new Error('There are fewer services.');
    const objects = renderChart({
      ...values,
      services: [
        { ...frontend, dependsOn: { worker: 'completed', backend: 'healthy' } },
        backend,
        { ...worker, once: true, replicas: 1, dependsOn: { backend: 'started' } },
      ],
    });
    expect(objects.get('Deployment/frontend')).toMatchObject({
      metadata: { annotations: { 'coppice.dev/depends-on': 'backend=healthy,worker=completed' } },
      spec: { paused: true, replicas: 2 },
    });
    expect(objects.get('Deployment/backend')).not.toHaveProperty('spec.paused');
    expect(objects.get('Deployment/worker')).toMatchObject({
      metadata: { annotations: { 'coppice.dev/depends-on': 'backend=started', 'coppice.dev/once': 'true' } },
      // Without the pause of its own it would run without end.
      spec: { paused: true, replicas: 0 },
    });
  });

  test('takes from a Secret what env files say, and of what else says it the latter', () => {
    const values = worktreeValues('main', '/w');
    const envFiles = {
      secret: 'coppice-env-files',
      names: ['LOG', 'PORT', 'DATABASE_URL', 'BACKEND_SERVICE_HOST'],
      revision: 'r1',
    };
    const services = values.services.map((service) => ({ ...service, env: { PORT: '3000' }, envFiles }));
    const of = (key: string): object => ({ valueFrom: { secretKeyRef: { name: 'coppice-env-files', key } } });
    const deployment = renderChart({ ...values, services }).get('Deployment/backend');
    expect(deployment).toMatchObject({
      spec: {
        template: {
          metadata: { annotations: { 'coppice.dev/env-files': 'r1' } },
          spec: {
            containers: [
              {
                env: [
                  { name: 'BACKEND_SERVICE_PORT' },
                  { name: 'FRONTEND_SERVICE_HOST' },
                  { name: 'FRONTEND_SERVICE_PORT' },
                  { name: 'LOG', ...of('backend.LOG') },
                  { name: 'BACKEND_SERVICE_HOST', ...of('backend.BACKEND_SERVICE_HOST') },
                  { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'database', key: 'DATABASE_URL' } } },
                  ...['HOST', 'PORT', 'USER', 'PASSWORD', 'NAME'].map((part) => ({ name: `DATABASE_${part}` })),
                  { name: 'PORT', value: '3000' },
                ],
              },
            ],
          },
        },
      },
    });
    const without = renderChart({ ...values, services, databaseSecret: null }).get('Deployment/backend');
    expect(JSON.stringify(without)).toContain('"key":"backend.DATABASE_URL"');
  });

  test('keeps the input open of what asks for it', () => {
    const values = worktreeValues('main', '/w');
    const services = values.services.map((service) => ({
      ...service,
      ...(service.name === 'worker' ? { stdin: true } : {}),
    }));
    const objects = renderChart({ ...values, services });
    expect(objects.get('Deployment/worker')).toHaveProperty('spec.template.spec.containers[0].stdin', true);
    expect(objects.get('Deployment/backend')).not.toHaveProperty('spec.template.spec.containers[0].stdin');
  });

  describe('a service with a host of its own, and one whose prefix is taken away', () => {
    const plain = worktreeValues('main', '/w');
    const services = plain.services.map((service) => ({
      ...service,
      ...(service.name === 'frontend' ? { host: 'admin' } : {}),
      ...(service.name === 'backend' ? { stripPrefix: true, routes: ['/', '/api', '/v1.0'] } : {}),
    }));
    const objectsOf = (stripsPrefixes: WorktreeValues['stripsPrefixes']) =>
      renderChart({ ...plain, services, ...(stripsPrefixes === undefined ? {} : { stripsPrefixes }) });
    const rule = (host: string, path: string, pathType: string, name: string, number: number): object => ({
      host,
      http: { paths: [{ path, pathType, backend: { service: { name, port: { number } } } }] },
    });

    test('have the same host and nothing taken away at the root', () => {
      expect(objectsOf('gateway').get('Ingress/worktree')).toHaveProperty('spec.rules', [
        rule('admin.one.localhost', '/', 'Prefix', 'frontend', 3000),
        rule('one.localhost', '/', 'Prefix', 'backend', 8000),
      ]);
    });

    test('are told to the gateway by an annotation', () => {
      const objects = objectsOf('gateway');
      expect(objects.get('Ingress/worktree-backend-0')).toMatchObject({
        metadata: { annotations: { 'coppice.dev/strip-prefix': '/api', 'coppice.dev/folder': '/w' } },
        spec: { ingressClassName: 'traefik', rules: [rule('one.localhost', '/api', 'Prefix', 'backend', 8000)] },
      });
      expect(JSON.stringify([...objects])).not.toMatch(/traefik\.(?:io|ingress)|nginx/);
    });

    test('are told to Traefik by a middleware', () => {
      const objects = objectsOf('traefik');
      expect(objects.get('Ingress/worktree-backend-1')).toMatchObject({
        metadata: {
          annotations: {
            'coppice.dev/strip-prefix': '/v1.0',
            'traefik.ingress.kubernetes.io/router.middlewares': 'worktree-one-worktree-backend-1@kubernetescrd',
          },
        },
        spec: {
          rules: [
            {
              host: 'one.localhost',
              http: {
                paths: [
                  expect.objectContaining({ path: '/v1.0', pathType: 'Exact' }),
                  expect.objectContaining({ path: '/v1.0/', pathType: 'Prefix' }),
                ],
              },
            },
          ],
        },
      });
      expect(objects.get('Middleware/worktree-backend-1')).toMatchObject({
        apiVersion: 'traefik.io/v1alpha1',
        metadata: { namespace: 'worktree-one', labels: { 'coppice.dev/service': 'backend' } },
        spec: { stripPrefix: { prefixes: ['/v1.0'] } },
      });
    });

    test('are told to ingress-nginx by a pattern', () => {
      expect(objectsOf('nginx').get('Ingress/worktree-backend-1')).toMatchObject({
        metadata: {
          annotations: {
            'coppice.dev/strip-prefix': '/v1.0',
            'nginx.ingress.kubernetes.io/use-regex': 'true',
            'nginx.ingress.kubernetes.io/rewrite-target': '/$2',
            'nginx.ingress.kubernetes.io/x-forwarded-prefix': '/v1.0',
          },
        },
        spec: {
          rules: [rule('one.localhost', '/v1\\.0(/|$)(.*)', 'ImplementationSpecific', 'backend', 8000)],
        },
      });
    });
  });
});
