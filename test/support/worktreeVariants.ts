import type { WorktreeValues } from '../../src/core/ports/releases';
import { completeValues } from './worktreeValues';

type Service = WorktreeValues['services'][number];

/** One of each list, in every way. */
function everyChoice(lists: readonly (readonly object[])[]): object[] {
  return lists.reduce<object[]>(
    (all, choices) => all.flatMap((one) => choices.map((choice) => ({ ...one, ...choice }))),
    [{}],
  );
}

const data = { path: '/data', tool: 'redis', isKept: true, group: 1000 };

/** Every service that the chart can tell from another, each with a name of its own. */
function everyService(): Service[] {
  const choices = everyChoice([
    [
      { port: null, health: null },
      { port: 3000, health: null },
      { port: 3000, health: '/healthz' },
    ],
    [{ mount: false }, { mount: true }],
    [{}, { data }, { data: { path: '/data', tool: 'nats', isKept: false } }],
    [{}, { once: true }, { dependsOn: { b: 'started', c: 'completed' } }],
    [{}, { envFiles: { secret: 'files', names: ['A', 'B'], revision: 'a' } }],
    [
      { command: [], env: {} },
      {
        ...{ command: ['node', 'server.js'], env: { A: '1', METRICS_PORT: '9100' }, stdin: true, folder: 'a/b' },
        ...{ graceSeconds: 30, morePorts: { smtp: 1025 } },
      },
      { command: [], env: { A: '1' }, bare: true },
    ],
  ]);
  return choices.map((choice, index) => {
    const routes = [[], ['/'], ['/', '/api'], ['/api', '/graphql']][index % 4] ?? [];
    const where = [{}, { host: 'admin' }, { stripPrefix: true }][index % 3] ?? {};
    const plain = { name: `s-${index}`, image: 'nowhere.invalid/none:1', replicas: index % 3, routes };
    return { ...plain, ...where, ...choice } as Partial<Service> as Service;
  });
}

/** More paths than a rule of a route takes, and as many taken away. */
const paths = Array.from({ length: 20 }, (_, index) => `/many/${index}`);
const longRoutes = {
  ...completeValues,
  gateway: undefined,
  services: [
    { ...completeValues.services[0], name: 'many', routes: paths, stripPrefix: false },
    { ...completeValues.services[0], name: 'stripped', routes: paths, host: undefined },
  ],
};

/** Every choice of what values of charts/worktree may leave out or say in two ways. */
export function worktreeVariants(): object[] {
  // With a gateway there are no ingresses.
  const { quota, network, access, gateway, ...complete } = completeValues;
  const bare = { ...complete, worktree: { ...complete.worktree, nodeFolder: undefined } };
  // What the namespace has is made whatever its services are, and services whatever the namespace has.
  const ofNamespaces = everyChoice([
    [{}, { quota }],
    [{}, { network }],
    [{}, { access }],
    [{ ingressClass: null }, { ingressClass: 'traefik' }, { gateway }],
  ]);
  const ofServices = everyChoice([
    [{ databaseSecret: null }, { databaseSecret: 'database' }],
    [{ embedded: false }, { embedded: true }],
    [{ stripsPrefixes: 'gateway' }, { stripsPrefixes: 'nginx' }, { stripsPrefixes: 'traefik' }, { gateway }],
  ]);
  const services = everyService();
  const some = Array.from({ length: 4 }, (_, part) => services.filter((_one, index) => index % 4 === part));
  return [
    ...ofNamespaces.map((choice) => ({ ...bare, ...choice, services: services.slice(0, 3) })),
    ...ofServices.flatMap((choice) => some.map((of) => ({ ...bare, ...choice, services: of }))),
    completeValues,
    { ...complete, stripsPrefixes: 'nginx', embedded: false },
    longRoutes,
    { ...longRoutes, gateway },
  ];
}

/** Fewer: every choice of what values may leave out or say in two ways. It is what the oldest Kubernetes is held to. */
export function commonVariants(): object[] {
  const { quota, network, access, gateway, ...bare } = completeValues;
  const [first] = bare.services;
  return Array.from({ length: 2 ** 7 }, (_, mask) => {
    const has = (bit: number): boolean => ((mask >> bit) & 1) === 1;
    return {
      ...bare,
      ...(has(0) ? { quota } : {}),
      ...(has(1) ? { network } : {}),
      ...(has(2) ? { access } : {}),
      databaseSecret: has(3) ? bare.databaseSecret : null,
      ingressClass: has(4) ? bare.ingressClass : null,
      ...(has(6) ? { gateway } : {}),
      services: has(5) ? bare.services : [{ ...first, routes: [], health: null, mount: false }],
    };
  });
}
