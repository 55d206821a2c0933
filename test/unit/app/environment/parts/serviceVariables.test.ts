import { describe, expect, it } from 'vitest';
import { terminalVariables } from '../../../../../src/app/environment/variables/terminalVariables';
import { expandVariables } from '../../../../../src/core/variables/expandVariables';
import type { EnvironmentFile, ServiceSpec } from '../../../../../src/core/environmentFile';
import type { ClusterIdentity } from '../../../../../src/core/model';
import type { WorktreeValues } from '../../../../../src/core/ports/releases';
import { EnvironmentWorld } from '../../../../support/environmentWorld';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';

type Service = WorktreeValues['services'][number];

const own = { kind: 'k3d', context: 'k3d-x', server: 'https://127.0.0.1:1', caSha256: 'x' } as const;

function worldOf(change: Partial<ServiceSpec> = {}, cluster: ClusterIdentity = { kind: 'embedded' }): EnvironmentWorld {
  const file: EnvironmentFile = JSON.parse(environmentFileText(['web', 'api-v2', 'jobs']));
  const services = file.services.map((service) => ({
    ...service,
    ...(service.name === 'jobs' ? { port: undefined, routes: [] } : {}),
    ...(service.name === 'web' ? change : {}),
  }));
  const world = new EnvironmentWorld();
  world.cluster.identity = cluster;
  world.commit(JSON.stringify({ ...file, services }));
  return world;
}

function installed(world: EnvironmentWorld, slug: string): Service {
  const [service] = world.releases.installed(`worktree-${slug}`, slug)?.values.services ?? [];
  if (!service) throw new Error('Nothing is installed.');
  return service;
}

/** As Kubernetes does it with the list that the chart makes. */
function seen({ env, envOrder }: Service): Readonly<Record<string, string>> {
  const names = envOrder ?? Object.keys(env).sort();
  return expandVariables(Object.fromEntries(names.map((name) => [name, env[name] ?? ''])), {
    'coppice.dev/gateway-port': '9090',
    DATABASE_URL: 'postgres://it',
  });
}

describe('what services are told', () => {
  it('is where the environment and each routed service answer, and where the main worktree is', async () => {
    const world = worldOf();
    await world.createBranch('topic');
    const env = seen(installed(world, 'topic'));
    expect(env).toMatchObject({
      COPPICE_URL: 'http://topic.localhost:9090',
      COPPICE_URL_WEB: 'http://topic.localhost:9090',
      COPPICE_URL_API_V2: 'http://topic.localhost:9090/api-v2',
      COPPICE_MAIN_WORKTREE: '/code/repo',
    });
    expect(env).not.toHaveProperty('COPPICE_URL_JOBS');
  });

  it('has the port that leads to the ingress of a real cluster, or none', async () => {
    for (const [port, origin] of [
      [8081, 'http://topic.localhost:8081'],
      [80, 'http://topic.localhost'],
      [undefined, 'http://topic.localhost'],
    ] as const) {
      const world = worldOf({}, own);
      world.cluster.port = port;
      await world.createBranch('topic');
      expect(seen(installed(world, 'topic'))['COPPICE_URL']).toBe(origin);
    }
  });

  it('is the same in a terminal, with the port of now', async () => {
    const world = worldOf();
    const { worktree } = await world.createBranch('topic');
    const ports = { ...world.createPorts(), openDatabases: () => Promise.reject(new Error('not asked')) };
    const variables = await terminalVariables(ports)(worktree.path, AbortSignal.timeout(1000));
    expect(variables).toMatchObject({
      COPPICE_URL: 'http://topic.localhost:8080',
      COPPICE_URL_API_V2: 'http://topic.localhost:8080/api-v2',
      COPPICE_MAIN_WORKTREE: '/code/repo',
    });
    expect(variables).not.toHaveProperty('HOST');
  });

  it('is HOST on this machine, unless the file says another, and nothing of it in a container', async () => {
    const hostIn = async (world: EnvironmentWorld): Promise<string | undefined> => {
      await world.createBranch('topic');
      return seen(installed(world, 'topic'))['HOST'];
    };
    expect(await hostIn(worldOf())).toBe('127.0.0.1');
    expect(await hostIn(worldOf({ env: { HOST: '0.0.0.0' } }))).toBe('0.0.0.0');
    expect(await hostIn(worldOf({}, own))).toBeUndefined();
  });

  it('may be named by what the file says, in its order; a dollar sign of Coppice is one', async () => {
    const world = worldOf({
      env: { ZED: '$(COPPICE_URL_WEB)/z', AUTH: '$(ZED)?at=$(PORT)', EARLY: '$(LATE)', LATE: 'x', TEXT: '$$(PORT) 5$' },
    });
    // One that git allows: Coppice itself makes no such branch.
    world.worktrees.makeBranch('price-$(PORT)$$');
    await world.createBranch('price-$(PORT)$$');
    const [name = ''] = world.releases.names;
    const [namespace = '', release = ''] = name.split('/');
    const service = world.releases.installed(namespace, release)?.values.services[0];
    expect(service && seen(service)).toMatchObject({
      ZED: `http://${release}.localhost:9090/z`,
      AUTH: `http://${release}.localhost:9090/z?at=3000`,
      EARLY: '$(LATE)',
      TEXT: '$(PORT) 5$',
      WORKTREE_BRANCH: 'price-$(PORT)$$',
    });
  });
});
