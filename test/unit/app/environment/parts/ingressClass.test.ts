import { expect, test } from 'vitest';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { defaultSettings } from '../../../../../src/core/settings';
import { environmentFileText } from '../../../../support/fakes/fakeEnvironmentFiles';
import { EnvironmentWorld } from '../../../../support/environmentWorld';

async function classOf(cluster: ClusterIdentity, setting: string): Promise<unknown> {
  const world = new EnvironmentWorld();
  Object.assign(world.cluster, { identity: cluster });
  world.settings = { ...defaultSettings, 'ingress.class': setting };
  world.commit(environmentFileText(['frontend']));
  const classes: unknown[] = [];
  const { onInstall } = world.releases;
  world.releases.onInstall = (request) => {
    if ('ingressClass' in request.values) classes.push(request.values.ingressClass);
    return onInstall(request);
  };
  await world.createBranch('x');
  return classes[0];
}

const work: ClusterIdentity = { kind: 'context', context: 'work', server: 'https://127.0.0.1:6443' };

test('ingresses of a real cluster have the class that the setting names, else the default of the cluster', async () => {
  expect(await classOf(work, 'nginx')).toBe('nginx');
  expect(await classOf(work, '')).toBeNull();
});

test('the gateway of the embedded cluster serves all, whatever the setting says', async () => {
  expect(await classOf({ kind: 'embedded' }, 'nginx')).toBeNull();
});
