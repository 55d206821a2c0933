import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HelmReleases } from '../../../src/adapters/helm/helmReleases';
import type { InstallRelease } from '../../../src/core/ports/releases';
import { recordsAt, valueAt } from '../../../packages/cluster/src/schema/kubeObject';
import { ObjectWrites } from '../../../packages/cluster/src/patch/objectWrites';
import { resourceOfKind } from '../../../packages/cluster/src/schema/resources';
import { withScale } from '../../../packages/cluster/src/patch/scale';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { chart } from '../../support/helm';
import { hasKubernetesTools, helms, runTool } from '../../support/kubernetesTools';
import { worktreeValues } from '../../support/worktreeValues';

const versions = ['3.10', '3.18', '4.2'];

/** A way through the versions on which each follows each, itself too: a release then changes hands in every direction. */
function everyDirection(of: readonly string[]): string[] {
  const unused = of.flatMap((from) => of.map((to) => [from, to] as const));
  const path: string[] = [];
  const stack = [of[0] ?? ''];
  while (stack.length > 0) {
    const here = stack.at(-1) ?? '';
    const next = unused.findIndex(([from]) => from === here);
    if (next < 0) path.unshift(stack.pop() ?? '');
    else stack.push(unused.splice(next, 1)[0]?.[1] ?? '');
  }
  return path;
}

describe.skipIf(!hasKubernetesTools())('a release that something else has scaled and changed since', () => {
  let api: TestApi;
  let home: string;
  const env = (): NodeJS.ProcessEnv => api.env;

  beforeAll(async () => {
    api = await startTestApi();
    home = await mkdtemp(join(tmpdir(), 'coppice-hands-'));
  });
  afterAll(async () => {
    await api.close();
    await rm(home, { recursive: true, force: true });
  });

  const helmOf = (version: string): HelmReleases =>
    new HelmReleases({
      helmPath: () => helms.find(([one]) => one === version)?.[1] ?? '',
      chartFolder: chart,
      home: join(home, version),
      env: process.env,
    });

  const plain = worktreeValues('topic', '/w');
  /** Nothing runs: what is tested is what is there afterwards. */
  const request = (namespace: string, mark: string): InstallRelease => ({
    release: 'one',
    namespace,
    chart: undefined,
    values: {
      ...plain,
      services: plain.services.map((service) => ({ ...service, replicas: 0, env: { MARK: mark } })),
      ingressClass: null,
    },
    access: { server: api.server, kubeconfig: api.kubeconfig, context: 'test' },
  });

  async function make(namespace: string): Promise<void> {
    await api.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  }

  /** As `kubectl scale` and `kubectl set env` do, under managers of their own. */
  async function changeByHand(namespace: string): Promise<void> {
    const writes = new ObjectWrites(api.objects);
    const resource = resourceOfKind('Deployment');
    for (const { metadata } of api.objects.list('Deployment', namespace).items) {
      const scaling = { manager: 'kubectl', subresource: 'scale', dryRun: false };
      await writes.update(resource, namespace, metadata.name, scaling, (found) =>
        withScale(found, { spec: { replicas: 1 } }, resource),
      );
      await writes.update(resource, namespace, metadata.name, { manager: 'kubectl-set', dryRun: false }, (found) => {
        const [container] = recordsAt(found, 'spec', 'template', 'spec', 'containers');
        const mark = recordsAt(container, 'env').find(({ name }) => name === 'MARK');
        if (mark) mark['value'] = 'by hand';
        return found;
      });
    }
    expect(state(namespace)).toEqual(plain.services.map(() => [1, 'by hand']));
  }

  function state(namespace: string): unknown[] {
    return api.objects.list('Deployment', namespace).items.map((deployment) => {
      const [container] = recordsAt(deployment, 'spec', 'template', 'spec', 'containers');
      const mark = recordsAt(container, 'env').find(({ name }) => name === 'MARK');
      return [valueAt(deployment, 'spec', 'replicas'), mark?.['value']];
    });
  }

  it('is what the chart says after an update, whichever Helm was last and whichever is next', async () => {
    const namespace = 'hands';
    await make(namespace);
    const hands = everyDirection(versions);
    expect(hands).toHaveLength(versions.length ** 2 + 1);
    for (const [step, version] of hands.entries()) {
      if (step > 0) await changeByHand(namespace);
      await helmOf(version).install(request(namespace, `step ${step}`));
      expect(state(namespace), `${hands[step - 1] ?? 'nothing'} -> ${version}`).toEqual(
        plain.services.map(() => [0, `step ${step}`]),
      );
    }
  }, 120_000);

  it.each(['3.10', '4.2'])('is so with Helm %s where a person has installed it by Helm 4', async (version) => {
    const namespace = `theirs-${version.replace('.', '-')}`;
    await make(namespace);
    const wanted = request(namespace, 'theirs');
    const values = ['--set-json', `worktree=${JSON.stringify(wanted.values.worktree)}`].concat(
      ...Object.entries(wanted.values)
        .filter(([name]) => name !== 'worktree')
        .map(([name, value]) => ['--set-json', `${name}=${JSON.stringify(value)}`]),
    );
    const argv = ['install', 'one', chart, '--server-side=true', '--namespace', namespace, ...values];
    expect(await runTool(helms.at(-1)?.[1] ?? '', argv, env())).toMatchObject({ code: 0 });
    await changeByHand(namespace);
    await helmOf(version).install(request(namespace, 'ours'));
    expect(state(namespace)).toEqual(plain.services.map(() => [0, 'ours']));
  });
});
