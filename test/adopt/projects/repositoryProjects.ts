import { npx, type Project } from '../project';

const stack = [...npx, 'create-better-t-stack@3.44.1'];
const plain = [
  ...['--auth', 'none', '--payments', 'none', '--db-setup', 'none', '--web-deploy', 'none', '--server-deploy', 'none'],
  ...['--api', 'trpc', '--no-git', '--no-install'],
];
const postgres = ['--database', 'postgres', '--orm', 'drizzle', '--examples', 'todo'];

/** Repositories of several parts, and what git has besides files: submodules, pointers of LFS. */
export const repositoryProjects: readonly Project[] = [
  {
    name: 'pern',
    tool: 'PERN (create-better-t-stack)',
    version: '3.44.1',
    shows: 'Vite with Express and pg, npm workspaces, two needed .env',
    make: [
      [
        ...[...stack, 'project', '--frontend', 'tanstack-router', '--backend', 'express', '--runtime', 'node'],
        ...[...postgres, ...plain, '--addons', 'none', '--package-manager', 'npm'],
      ],
      // What "coppice init" asks for in a comment: a server that takes its port from nobody can run once.
      ['sed', '-i', 's/app.listen(3000/app.listen(process.env.PORT || 3000/', 'project/apps/server/src/index.ts'],
    ],
    // The router's plugin takes what a route shows out of its file.
    asks: '/src/routes/index.tsx?tsr-split=component',
    page: '/',
    also: [
      { path: '/', host: 'server', says: 'OK' },
      { path: '/trpc/todo.getAll', host: 'server', says: '"data":[]' },
    ],
    change: { file: 'apps/web/src/routes/index.tsx', from: 'API Status', to: 'Second Status' },
    says: { before: 'API Status', after: 'Second Status' },
    isHot: 'kept',
    broken: {
      file: 'packages/db/src/schema/todo.ts',
      ...{ from: 'text("text")', to: 'text("completed")' },
      says: "There's a duplicate column name 'completed'",
      // The lockfile that its install has written.
      stays: 'Left behind: the worktree',
    },
  },
  {
    name: 'platform',
    tool: 'Next.js monorepo (create-better-t-stack)',
    version: '3.44.1',
    shows: 'npm workspaces in a subfolder, a needed .env',
    make: [
      ['mkdir', 'project'],
      [
        ...[...stack, 'project/platform', '--frontend', 'next', '--backend', 'self', '--runtime', 'none'],
        ...[...postgres, ...plain, '--addons', 'none', '--package-manager', 'npm'],
      ],
    ],
    also: [{ path: '/api/trpc/todo.getAll', says: '"data":[]' }],
    change: { file: 'platform/apps/web/src/app/page.tsx', from: 'API Status', to: 'Second Status' },
    says: { before: 'API Status', after: 'Second Status' },
    isHot: 'kept',
    broken: {
      file: 'platform/packages/db/src/schema/todo.ts',
      ...{ from: 'text("text")', to: 'text("completed")' },
      says: "There's a duplicate column name 'completed'",
      // The lockfile that its install has written.
      stays: 'Left behind: the worktree',
    },
  },
  {
    name: 'turbo',
    tool: 'Turborepo with TanStack Start (create-better-t-stack)',
    version: '3.44.1',
    shows: 'pnpm workspaces, turborepo',
    make: [
      ['npm', 'install', '--prefix', 'tools', '--silent', 'pnpm@10.34.8'],
      [
        ...[...stack, 'project', '--frontend', 'tanstack-start', '--backend', 'self', '--runtime', 'none'],
        ...['--database', 'none', '--orm', 'none', '--examples', 'none', ...plain],
        ...['--addons', 'turborepo', '--package-manager', 'pnpm'],
      ],
      ['pnpm', '--dir', 'project', 'install', '--lockfile-only', '--silent'],
    ],
    path: ['tools/node_modules/.bin'],
    change: { file: 'apps/web/src/routes/index.tsx', from: 'API Status', to: 'Second Status' },
    says: { before: 'API Status', after: 'Second Status' },
    isHot: 'kept',
  },
  {
    name: 'submodules',
    tool: 'Vite (create-vite, vanilla), normalize.css as a submodule',
    version: '9.3.0',
    shows: 'a repository with a submodule',
    make: [
      ['npm', 'pack', '--silent', 'normalize.css@8.0.1'],
      ['mkdir', 'theme'],
      ['tar', '-xzf', 'normalize.css-8.0.1.tgz', '--strip-components', '1', '-C', 'theme'],
      ['git', '-C', 'theme', 'init', '--quiet', '--initial-branch', 'main'],
      ['git', '-C', 'theme', 'add', '--all'],
      ['git', '-C', 'theme', 'commit', '--quiet', '--message', '8.0.1'],
      [...npx, 'create-vite@9.3.0', 'project', '--template', 'vanilla', '--no-interactive'],
      ['git', '-C', 'project', 'init', '--quiet', '--initial-branch', 'main'],
      ['sh', '-c', 'git -C project submodule --quiet add "$PWD/theme" vendor/theme'],
      ['sh', '-c', 'echo "import \'../vendor/theme/normalize.css\'" >> project/src/main.js'],
    ],
    gitConfig: [
      // A submodule of this machine: git clones none without being told that it may.
      ['protocol.file.allow', 'always'],
      ['user.name', 'Newcomer'],
      ['user.email', 'newcomer@example.com'],
    ],
    also: [{ path: '/vendor/theme/normalize.css', says: 'normalize.css v8.0.1' }],
    change: { file: 'index.html', from: '<title>project</title>', to: '<title>second worktree</title>' },
    says: { before: '<title>project</title>', after: '<title>second worktree</title>' },
    isHot: 'loaded',
  },
  {
    name: 'lfs',
    tool: 'Vite (create-vite, vanilla), its pictures in Git LFS',
    version: '9.3.0',
    shows: 'a repository with LFS pointers',
    make: [
      [...npx, 'create-vite@9.3.0', 'project', '--template', 'vanilla', '--no-interactive'],
      ['git', '-C', 'project', 'init', '--quiet', '--initial-branch', 'main'],
      ['git', '-C', 'project', 'lfs', 'install', '--local'],
      ['git', '-C', 'project', 'lfs', 'track', '*.svg'],
    ],
    needs: ['git-lfs'],
    also: [{ path: '/favicon.svg', says: '<svg' }],
    change: { file: 'index.html', from: '<title>project</title>', to: '<title>second worktree</title>' },
    says: { before: '<title>project</title>', after: '<title>second worktree</title>' },
    isHot: 'loaded',
  },
];
