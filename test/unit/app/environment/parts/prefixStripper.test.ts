import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../../src/core/errors';
import type { EnvironmentFile } from '../../../../../src/core/environmentFile';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { defaultSettings } from '../../../../../src/core/settings';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

const pinned = { context: 'work', server: 'https://127.0.0.1:6443' };
const work: ClusterIdentity = { kind: 'context', ...pinned };

function worldOn(cluster: ClusterIdentity, stripPrefix = true): EnvironmentWorld {
  const world = new EnvironmentWorld();
  world.cluster.identity = cluster;
  const file: EnvironmentFile = JSON.parse(environmentFileText(['web', 'api']));
  const services = file.services.map((service) => (service.name === 'api' ? { ...service, stripPrefix } : service));
  world.commit(JSON.stringify({ ...file, services }));
  return world;
}

async function stripperOf(world: EnvironmentWorld): Promise<unknown> {
  await world.createBranch('topic');
  const values = world.releases.installed('worktree-topic', 'topic')?.values;
  expect(values?.services.map((service) => service.stripPrefix)).toEqual([undefined, true]);
  return values?.stripsPrefixes;
}

describe('what takes a prefix away', () => {
  it('is the gateway of the embedded cluster, and the Traefik that comes with k3d', async () => {
    expect(await stripperOf(worldOn({ kind: 'embedded' }))).toBe('gateway');
    expect(await stripperOf(worldOn({ kind: 'k3d', ...pinned }))).toBe('traefik');
  });

  it('is elsewhere what the class of the setting, or the default one, is of', async () => {
    const world = worldOn(work);
    world.ingressClasses.classes.push(
      { name: 'inside', controller: 'traefik.io/ingress-controller' },
      { name: 'outside', controller: 'k8s.io/ingress-nginx', isDefault: true },
    );
    expect(await stripperOf(world)).toBe('nginx');
    const other = worldOn(work);
    other.ingressClasses.classes.push(...world.ingressClasses.classes);
    other.settings = { ...defaultSettings, 'ingress.class': 'inside' };
    expect(await stripperOf(other)).toBe('traefik');
  });

  it('is not looked for where no service asks for it', async () => {
    const world = worldOn(work, false);
    await world.createBranch('topic');
    expect(world.releases.installed('worktree-topic', 'topic')?.values).not.toHaveProperty('stripsPrefixes');
  });

  it.each([
    [
      { name: 'ours', controller: 'haproxy.org/ingress-controller' },
      /has the ingress controller "haproxy\.org\/ingress-controller", and/,
    ],
    [undefined, /does not say which controller the class "ours" is of, and/],
  ])('is refused in words where nobody knows how (%j), before anything is made', async (found, words) => {
    const world = worldOn(work);
    world.settings = { ...defaultSettings, 'ingress.class': 'ours' };
    if (found) world.ingressClasses.classes.push(found);
    const before = await world.state();
    const refused = { code: 'notConfigured', message: expect.stringMatching(words) as unknown };
    await expect(world.createBranch('topic')).rejects.toMatchObject(refused);
    await expect(world.createBranch('topic')).rejects.toThrow(/^coppice\.yaml: services\.api\.stripPrefix: /);
    expect(await world.state()).toEqual(before);
  });

  it('is not known to who may not see classes', async () => {
    const world = worldOn(work);
    world.ingressClasses.controller = () => Promise.reject(new AppError('denied', 'no'));
    await expect(world.createBranch('topic')).rejects.toThrow(/does not say which controller its default class/);
  });
});
