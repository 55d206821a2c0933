import { describe, expect, it } from 'vitest';
import { planSandbox, type SandboxPorts } from '../../../../src/app/agents/planSandbox';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree } from '../../ui/builders';

const { signal } = new AbortController();
const repository = { id: 'aaaaaaaaaaaa', name: 'repo', root: '/repo', commonDir: '/repo/.git', defaultBranch: 'main' };
const urls = ['http://feature.localhost:8080/', 'https://feature.example.com/app', 'http://[::1]:3000/'];
const entries = [
  anEntry({ environment: anEnvironment({ services: [aService({ urls })] }) }),
  anEntry({ worktree: aWorktree({ path: '/repo', branch: 'main' }), environment: undefined }),
];

function plan(change: Partial<SandboxPorts> = {}, folder = '/repo.worktrees/feature/src') {
  return planSandbox({
    worktrees: { repository: async () => repository },
    readSnapshot: async () => aSnapshot({ entries }),
    variables: async () => undefined,
    server: async () => undefined,
    paths: { contains: (one, other) => other === one || other.startsWith(`${one}/`) },
    settings: () => ({ 'agent.sandboxHosts': [] }),
    ...change,
  })(folder, signal);
}

describe('what commands of an agent in a sandbox may do', () => {
  it('is to reach the URLs, what the variables lead to, the API server and what the person has added', async () => {
    const variables = {
      DATABASE_URL: 'postgres://wt:secret@127.0.0.1:5433/wt',
      OTHER_URL: 'postgresql://wt:secret@db.example.com/wt',
      REDIS_URL: 'redis://127.0.0.1:6380',
      SOCKET_URL: 'postgres:///wt?host=/run/postgresql',
      WORKTREE_NAME: 'feature',
      KUBECONFIG: '/home/me/.coppice/kubeconfigs/feature.json',
    };
    const { hosts, gitFolder } = await plan({
      variables: async () => variables,
      server: async () => 'https://127.0.0.1:6443',
      settings: () => ({ 'agent.sandboxHosts': ['registry.npmjs.org', 'feature.localhost:8080'] }),
    });
    expect(hosts).toEqual([
      ...['feature.localhost:8080', 'feature.example.com:443', '[::1]:3000'],
      ...['127.0.0.1:5433', 'db.example.com:5432', '127.0.0.1:6380', '127.0.0.1:6443', 'registry.npmjs.org'],
    ]);
    expect(gitFolder).toBe('/repo/.git');
  });

  it('is to reach only what the person has added where there is no environment', async () => {
    const asked: string[] = [];
    const { hosts } = await plan(
      { server: async (folder) => (asked.push(folder), 'https://127.0.0.1:6443') },
      '/repo/src',
    );
    expect(hosts).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('needs a worktree', async () => {
    await expect(plan({}, '/elsewhere')).rejects.toMatchObject({ code: 'notFound' });
  });
});
