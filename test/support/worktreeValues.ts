import type { WorktreeValues } from '../../src/core/ports/releases';

/** Names that git accepts and that mean something to a shell, to YAML, to SQL or to a template. */
export const hostileBranches = [
  '$(id)',
  '`id`',
  'a;id',
  'x"y\'z',
  'a{{.Values.worktree.folder}}',
  '{{ fail "rendered" }}',
  'null',
  'yes',
  '0x1f',
  '1e3',
  '- a: b # c',
  '&anchor *alias !tag |',
  'a: b\n  c: d\n---\n',
  '\u2028\u0007<b>&amp;\\n\t\\',
  'next \u0085 line \u2029 \u2028 \ufeff\u200b end',
  'ünïcödé-🌲',
  '--set=x=y',
] as const;

/** Values as a create makes them: one service of each sort. */
export function worktreeValues(branch: string, folder: string): WorktreeValues {
  return {
    worktree: {
      name: 'one',
      branch,
      folder,
      host: 'one.localhost',
      repositoryId: '0123456789ab',
      worktreeId: 'ba9876543210',
    },
    services: [
      {
        name: 'frontend',
        image: 'node:24',
        command: ['node', 'frontend/server.js', branch],
        port: 3000,
        routes: ['/'],
        env: { WORKTREE_BRANCH: branch, PORT: '3000', PRICE: '$5 $$5 $(PORT) $$(PORT)' },
        health: null,
        replicas: 2,
        mount: true,
      },
      {
        name: 'backend',
        image: 'one/backend:latest',
        command: [],
        port: 8000,
        routes: ['/api', '/graphql'],
        env: {},
        health: '/healthz?x="1"',
        replicas: 1,
        mount: false,
      },
      {
        name: 'worker',
        image: 'one/backend:latest',
        command: ['node', 'worker.js'],
        port: null,
        routes: [],
        env: { DATABASE_URL: 'postgres://of-the-author' },
        health: null,
        replicas: 0,
        mount: false,
      },
    ],
    databaseSecret: 'database',
    ingressClass: 'traefik',
  };
}

/** Every key and every alternative of the type: a key that is added there does not compile here until it is added too. */
export const completeValues = {
  worktree: {
    name: 'a',
    branch: 'a',
    folder: '/a',
    nodeFolder: '/b',
    host: 'a.localhost',
    repositoryId: '00',
    worktreeId: 'ff',
  },
  services: [
    {
      name: 'a',
      image: 'a',
      command: ['a'],
      port: 1,
      routes: ['/'],
      env: { A: '' },
      envOrder: ['A'],
      health: '/',
      replicas: 1,
      mount: true,
      folder: 'a/b',
      envFiles: { secret: 'a', names: ['A'], revision: 'a' },
      stdin: true,
      host: 'admin',
      stripPrefix: true,
      once: false,
      dependsOn: { b: 'started' },
      morePorts: { smtp: 1025 },
      data: { path: '/data', tool: 'redis', isKept: true, group: 1000 },
      graceSeconds: 30,
      bare: true,
    },
    { name: 'b', image: 'b', command: [], port: null, routes: [], env: {}, health: null, replicas: 0, mount: false },
  ],
  databaseSecret: 'a',
  ingressClass: 'a',
  gateway: { namespace: 'a', name: 'b' },
  stripsPrefixes: 'traefik',
  embedded: true,
  startupSeconds: 600,
  quota: { pods: 10, cpu: '500m', memory: '1.5Gi', containerMemory: '512Mi' },
  network: { infra: 'a', ingress: 'b', outsidePorts: [443] },
  access: true,
} as const satisfies WorktreeValues;
const service = completeValues.services[0];
/** What the type or the cluster does not allow, each wrong in one thing. */
export const refusedValues: [string, object][] = [
  [
    'a label that is text of a person',
    { ...completeValues, worktree: { ...completeValues.worktree, worktreeId: 'a b' } },
  ],
  ['a host with a space', { ...completeValues, worktree: { ...completeValues.worktree, host: 'a b' } }],
  [
    'a slug that no release can have',
    { ...completeValues, worktree: { ...completeValues.worktree, name: 'a'.repeat(54) } },
  ],
  ['a key that nobody knows', { ...completeValues, extra: 1 }],
  ['a service without a command', { ...completeValues, services: [{ ...service, command: undefined }] }],
  ['a service whose name is no DNS label', { ...completeValues, services: [{ ...service, name: 'A_b' }] }],
  ['a host of two labels', { ...completeValues, services: [{ ...service, host: 'a.b' }] }],
  ['a controller that nobody knows', { ...completeValues, stripsPrefixes: 'other' }],
  [
    'a value beside the name of a variable that a Secret has',
    { ...completeValues, services: [{ ...service, envFiles: { ...service.envFiles, values: { A: 'x' } } }] },
  ],
  ['a folder of no name', { ...completeValues, services: [{ ...service, folder: '' }] }],
  ['a port as text', { ...completeValues, services: [{ ...service, port: '80' }] }],
  ['a port that is none', { ...completeValues, services: [{ ...service, port: 65536 }] }],
  ['a command as text', { ...completeValues, services: [{ ...service, command: 'a b' }] }],
  ['a number in the environment', { ...completeValues, services: [{ ...service, env: { A: 1 } }] }],
  [
    'a name in the environment with an equals sign',
    { ...completeValues, services: [{ ...service, env: { 'A=B': '' } }] },
  ],
  ['a route without a slash', { ...completeValues, services: [{ ...service, routes: ['api'] }] }],
  ['an amount that is none', { ...completeValues, quota: { ...completeValues.quota, memory: 'much' } }],
  ['a quota that leaves something open', { ...completeValues, quota: { pods: 1 } }],
  ['a namespace that can be none', { ...completeValues, network: { ...completeValues.network, infra: '*' } }],
  ['no time at all to start in', { ...completeValues, startupSeconds: 0 }],
  [
    'data in no folder',
    { ...completeValues, services: [{ ...service, data: { path: 'data', tool: 'redis', isKept: true } }] },
  ],
  ['a port of no name', { ...completeValues, services: [{ ...service, morePorts: { 'a b': 1 } }] }],
  ['an unknown condition', { ...completeValues, services: [{ ...service, dependsOn: { b: 'ready' } }] }],
  ['half a replica', { ...completeValues, services: [{ ...service, replicas: 0.5 }] }],
];
