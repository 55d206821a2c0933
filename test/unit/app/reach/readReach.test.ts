import { describe, expect, it } from 'vitest';
import { readReach, type WorktreeReach, type ReachPorts } from '../../../../src/app/reach/readReach';
import type { FileAccess } from '../../../../src/core/ports/reachable';
import { FakeReachable } from '../../../support/fakes/fakeReachable';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };
const both: FileAccess = { reads: true, writes: true, isSocket: false };
const entryOf = (branch: string, urls: readonly string[]) =>
  anEntry({
    worktree: aWorktree({ path: `/w/${branch}`, branch }),
    environment: anEnvironment({ services: [aService({ name: 'web', urls })] }),
  });
const entries = [entryOf('mine', ['http://mine.localhost:8080/']), entryOf('other', ['http://other.localhost:8080/'])];
const contains = (one: string, other: string): boolean => other === one || other.startsWith(`${one}/`);

interface Given {
  readonly files?: Readonly<Record<string, FileAccess>>;
  readonly ports?: readonly string[];
  readonly env?: ReachPorts['env'];
  readonly variables?: Readonly<Record<string, string>>;
  readonly homeFolder?: string;
}

function reach({
  files = {},
  ports = [],
  env = {},
  variables = {},
  homeFolder = '/home/me',
}: Given): Promise<WorktreeReach> {
  return readReach({
    readSnapshot: async () => aSnapshot({ entries, clusterIdentity: { kind: 'embedded' } }),
    variables: async () => variables,
    reachable: new FakeReachable(files, ports),
    planSandbox: async () => ({ hosts: ['mine.localhost:8080'], gitFolder: '/w/main/.git' }),
    ...{ paths: { contains }, homeFolder, env },
  })({ folder: '/w/mine/src' }, run);
}

describe('what a worktree can reach outside of its environment', () => {
  it('is told by what is open', async () => {
    const { name, reached, closed } = await reach({
      files: {
        ...{ '/w/other': both, '/home/me': both, '/home/me/.ssh': both, '/agent': { ...both, isSocket: true } },
        ...{ '/var/run/docker.sock': { ...both, isSocket: true }, '/admin.yaml': both, '/own.yaml': both },
      },
      ports: ['127.0.0.1:8080', '127.0.0.1:5433'],
      env: { SSH_AUTH_SOCK: '/agent', KUBECONFIG: '/own.yaml:/admin.yaml' },
      variables: { KUBECONFIG: '/own.yaml', DATABASE_URL: 'postgres://wt:secret@127.0.0.1:5433/wt' },
    });
    expect(name).toBe('mine');
    expect(reached.map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
      'files: folders of 1 other worktree: other',
      'files: the home folder /home/me',
      'environments: URLs of 1 other environment: other',
      'database: the database server at 127.0.0.1:5433, which other environments may have theirs on',
      'docker: Docker at /var/run/docker.sock',
      'kubernetes: the clusters of /admin.yaml',
      'ssh: the SSH agent at /agent',
      'secrets: files with logins: ~/.ssh',
      'network: the network of this machine, its loopback, and the internet as far as this machine reaches it',
    ]);
    expect(closed).toEqual([]);
    expect(JSON.stringify(reached)).not.toContain('secret@');
  });

  it('is told by what is not, too: a socket that may not be written to opens nothing', async () => {
    const { reached, closed } = await reach({
      files: { '/var/run/docker.sock': { ...both, writes: false }, '/home/me': { ...both, writes: false } },
      env: { SSH_AUTH_SOCK: '/gone' },
      variables: { DATABASE_URL: 'postgres://wt@[::1]:5433/wt' },
    });
    expect(reached.map(({ kind }) => kind)).toEqual(['network']);
    expect(closed).toEqual([
      'folders of other worktrees',
      'the home folder, for writing',
      'URLs of other environments of this repository',
      'the database server at [::1]:5433',
      'Docker at /var/run/docker.sock, or where Docker of one user listens',
      'kubeconfigs other than its own',
      'an SSH agent',
      'files with logins, of those that are known',
    ]);
  });

  it.each([
    ['tcp://10.0.0.1:2376', '10.0.0.1:2376', 'Docker at 10.0.0.1:2376 (DOCKER_HOST)'],
    ['tcp://[::1]:2375', '::1:2375', 'Docker at [::1]:2375 (DOCKER_HOST)'],
    ['ssh://me@host', '', 'Docker by SSH (DOCKER_HOST=ssh://me@host)'],
  ])('knows Docker by DOCKER_HOST=%s', async (said, port, what) => {
    const { reached } = await reach({ ports: [port], env: { DOCKER_HOST: said } });
    expect(reached.filter(({ kind }) => kind === 'docker').map((each) => each.what)).toEqual([what]);
  });

  it.each(['/home/me/.docker/run/docker.sock', '/home/me/.colima/default/docker.sock', '/run/user/7/docker.sock'])(
    'finds a Docker of one user at %s, which has no link at the usual place',
    async (socket) => {
      const { reached } = await reach({ files: { [socket]: both }, env: { XDG_RUNTIME_DIR: '/run/user/7' } });
      expect(reached).toContainEqual(expect.objectContaining({ kind: 'docker', what: `Docker at ${socket}` }));
    },
  );

  it('tells what stays open to an agent in a sandbox', async () => {
    const { sandboxed } = await reach({});
    expect(sandboxed[0]).toContain('/w/main/.git (branches and commits of all worktrees; not its hooks and config)');
    expect(sandboxed[1]).toContain('its commands reach mine.localhost:8080, and');
    expect(sandboxed.at(-1)).toContain('others run, with the rights of this user: services');
  });

  it('needs a worktree', async () => {
    const nowhere = readReach({
      readSnapshot: async () => aSnapshot({ entries }),
      variables: async () => undefined,
      reachable: new FakeReachable({}, []),
      planSandbox: async () => ({ hosts: [], gitFolder: '/w/main/.git' }),
      ...{ paths: { contains }, homeFolder: '/home/me', env: {} },
    });
    await expect(nowhere({ folder: '/elsewhere' }, run)).rejects.toMatchObject({ code: 'notFound' });
  });

  it('claims nothing of what it cannot look at', async () => {
    const { closed } = await reach({ homeFolder: 'C:\\Users\\me' });
    expect(closed).toContain('Docker by a socket (pipes of Windows are not looked at)');
    expect(closed).toContain('an SSH agent by a socket (pipes of Windows are not looked at)');
  });
});
