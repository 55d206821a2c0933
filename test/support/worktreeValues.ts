import type { WorktreeValues } from '../../src/core/ports';

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
