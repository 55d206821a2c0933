import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { infraWords } from '../../src/app/view/infraWords';
import type { CreateResult } from '../../src/app/environment/requests';
import type { Run } from '../../src/app/run/run';
import { infraNamespace, infraOwner, type InfraPart } from '../../src/core/clusters/infra';
import type { ServiceStatus } from '../../src/core/model';
import { whileEndingPods } from '../support/endPods';
import { canBuildImages } from '../support/infraImages';
import { standInImage } from '../support/infraStandIns';
import { RealWorld } from '../support/realWorld';
import { verifiesKubernetes } from '../support/toolVersions';
import { until } from '../support/until';

verifiesKubernetes('faults at parts of infra: what environments, rows and creates have of them');

const parts = ['temporal', 'prometheus', 'jaeger', 'collector', 'loki', 'grafana'] satisfies InfraPart[];
const deployments = `/apis/apps/v1/namespaces/${infraNamespace}/deployments`;
const merge = 'application/strategic-merge-patch+json';

// The parts are stood in for: what is held is what the kubelet and the controllers make of a fault, and what is said of that.
describe.skipIf(!canBuildImages)('Faults at parts of infra in a real Kubernetes', { timeout: 180_000 }, () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  let world: RealWorld;
  let store: ReturnType<RealWorld['product']['snapshots']['open']>;
  let one: CreateResult;
  let ordinaryMs: number;
  /** There is one infra in a cluster: where somebody has theirs it is left alone, and these tests do not run. */
  let isTheirs = true;
  const run: Run = { signal: AbortSignal.timeout(600_000), report: () => undefined };

  const timedCreate = async (branch: string): Promise<{ created: CreateResult; ms: number }> => {
    const begin = performance.now();
    const created = await world.create(branch);
    return { created, ms: performance.now() - begin };
  };
  /** What the row of infra has said, one after the other. */
  const rows: string[] = [];
  const noteRow = (): void => {
    const { infra } = store.snapshot;
    const said = infra && `${infra.health}: ${infraWords(infra)}`;
    if (said !== undefined && said !== rows.at(-1)) rows.push(said);
  };
  const rowSays = (words: RegExp): Promise<string> => until(() => rows.find((said) => words.test(said)), 90_000);
  const patch = async (name: string, spec: object): Promise<void> => {
    const { status, text } = await world.api.call('PATCH', `${deployments}/${name}`, { body: { spec }, type: merge });
    expect(status, text).toBe(200);
  };
  const servicesOfOne = (): readonly ServiceStatus[] =>
    store.snapshot.entries.find(({ worktree }) => worktree.path === one.worktree.path)?.environment?.services ?? [];

  beforeAll(async () => {
    world = await RealWorld.create();
    isTheirs = (await world.cluster().readNamespace(infraNamespace)) !== undefined;
    if (isTheirs) return;
    const image = await standInImage(world.place.image, mark);
    const ofParts = {
      temporal: { image, tools: image, ui: { image } },
      ...{ prometheus: { image }, jaeger: { image } },
      ...{ collector: { image }, loki: { image }, grafana: { image } },
    };
    const file = join(world.folder, 'infra.yaml');
    await writeFile(file, JSON.stringify(ofParts));
    world.settings.now = { ...world.settings.now, 'infra.values': file };
    const { repository: folder, product } = world;
    const made = await product.infra.setUp({ folder, parts, ephemeral: true }, run);
    expect(made.ready, JSON.stringify(made.services)).toBe(true);
    const first = await timedCreate('one');
    one = first.created;
    ordinaryMs = Math.max(first.ms, (await timedCreate('two')).ms);
    store = product.snapshots.open(folder);
    store.onDidChange(noteRow);
    store.setVisible(true);
    await rowSays(/^healthy: 8 services$/);
  }, 180_000);
  afterAll(async () => {
    store?.dispose();
    if (!isTheirs)
      await whileEndingPods(world.place, infraNamespace, world.cluster().deleteNamespace(infraNamespace, infraOwner));
    await world.dispose();
  }, 120_000);

  /** Gives a part's container something else, at once: its successor waits until it is out of the API (see endPods). */
  const breakPart = async (part: string, container: object): Promise<void> => {
    await patch(part, { template: { spec: { containers: [container] } } });
    const pods = `/api/v1/namespaces/${infraNamespace}/pods?labelSelector=coppice.dev/service=${part}`;
    await world.api.call('DELETE', pods, { body: { gracePeriodSeconds: 0 } });
  };
  /** As what finds no room for its data at its start. */
  const full = ['/bin/node', '-e', "throw new Error('no space left on device')"];

  test('are told by the row, and neither environments nor a create notice', async (context) => {
    if (isTheirs) return context.skip('there is infra in this cluster already');
    const before = await until(() => {
      const services = servicesOfOne();
      return services.length === 2 && services.every(({ health }) => health === 'healthy') ? services : undefined;
    }, 30_000);

    // The collector is stopped, Temporal does not come back from its restart, Jaeger and Prometheus find no room for their data, and
    // an ingress controller there is none in this cluster from the beginning.
    await patch('otel-collector', { replicas: 0 });
    await breakPart('temporal-frontend', { name: 'temporal', image: 'nowhere.invalid/none:1' });
    for (const name of ['jaeger', 'prometheus']) await breakPart(name, { name, command: full });
    await rowSays(/otel-collector: Stopped/);
    await rowSays(/^degraded: .*temporal-frontend: (?:ErrImagePull|ImagePullBackOff)/);
    await rowSays(/^degraded: .*jaeger: (?:Error|CrashLoopBackOff)/);
    await rowSays(/^degraded: .*prometheus: (?:Error|CrashLoopBackOff)/);
    const { created, ms } = await timedCreate('three');
    expect(created.ready).toBe(true);
    expect(ms - ordinaryMs).toBeLessThan(5000);
    expect(servicesOfOne()).toEqual(before);

    // Whoever asks for what they keep is told which of them it is, and soon.
    const { product } = world;
    const begin = performance.now();
    await expect(
      product.diagnosis.traces({ folder: one.worktree.path, isFailed: false, lengthMs: 60_000 }, run),
    ).rejects.toThrow(/^Jaeger at \S+ cannot be asked/);
    const { namespace } = one.identity.names;
    await expect(product.telemetry.metrics({ namespace, lengthMs: 60_000 })).rejects.toThrow(
      /^Prometheus at \S+ cannot be asked/,
    );
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});
