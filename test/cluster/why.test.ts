import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateResult } from '../../src/app/environment/requests';
import type { Settings } from '../../src/core/settings';
import { HollowNode } from '../support/hollowNode';
import { hasNodes } from '../support/place';
import { RealWorld } from '../support/realWorld';
import { until } from '../support/until';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes(
  `what "coppice why" names first of a quota without room${hasNodes ? ', an image that there is not, and memory that runs out' : '; a stand-in says that other pods run'}`,
);

/** Milliseconds. */
const limit = 1_000;
/** On a machine that has other things to do everything takes longer: then by what looking at the same environment takes. */
const mostLooks = 3;

interface CauseJson {
  readonly kind: string;
  readonly service: string | null;
  readonly what: string;
  readonly evidence: readonly string[];
  readonly todo: string;
}

// What no process of this machine comes to: only a cluster refuses pods, pulls images and limits memory.
describe('Why an environment in a real Kubernetes is unhealthy', { timeout: 240_000 }, () => {
  let world: RealWorld;
  let settings: Settings;
  let hollow: HollowNode | undefined;
  let created: CreateResult;
  beforeAll(async () => {
    world = await RealWorld.create({ settings: { 'create.readyTimeout': 20, 'create.steadyTime': 1 } });
    if (!hasNodes) hollow = new HollowNode(world.api);
    settings = world.settings.now;
    created = await world.create('unhealthy');
    expect(created.ready, JSON.stringify(created.services)).toBe(true);
  }, 240_000);
  afterAll(async () => {
    await world?.dispose();
    await hollow?.end();
  }, 240_000);

  const timed = async (...argv: string[]): Promise<{ ms: number; stdout: string; stderr: string }> => {
    const begin = performance.now();
    const { stdout, stderr } = await world.cli(created.worktree.path, ...argv);
    return { ms: performance.now() - begin, stdout, stderr };
  };
  const why = async (): Promise<{ ms: number; cause: CauseJson | null }> => {
    const { ms, stdout, stderr } = await timed('why', '--json');
    if (stdout === '') throw new Error(stderr);
    return { ms, cause: (JSON.parse(stdout) as { cause: CauseJson | null }).cause };
  };
  /** How soon the cluster says so is its own affair. */
  const names = async (kind: string): Promise<CauseJson> => {
    let last = await why();
    const end = Date.now() + 90_000;
    while (last.cause?.kind !== kind && Date.now() < end) last = await why();
    expect(last.cause).toMatchObject({ kind, service: 'worker' });
    const looks: { told: number; look: number }[] = [];
    const isInTime = ({ told, look }: { told: number; look: number }): boolean =>
      told <= limit || told <= mostLooks * look;
    do looks.push({ told: (await why()).ms, look: (await timed('list')).ms });
    while (looks.length < 3 && !looks.some(isInTime));
    expect(looks.some(isInTime), JSON.stringify(looks)).toBe(true);
    if (!last.cause) throw new Error('No cause is named.');
    return last.cause;
  };
  const changeWorker = async (worker: object): Promise<boolean> => {
    await world.write(created.worktree.path, world.environmentFile({ worker }));
    return (await world.update(created.worktree.path)).ready;
  };

  test('a quota without room for a pod', async () => {
    world.settings.now = { ...settings, 'quota.pods': 2 };
    await world.update(created.worktree.path);
    // It holds from when the cluster has written it into its status.
    const quota = `/api/v1/namespaces/${created.identity.names.namespace}/resourcequotas/worktree`;
    await until(async () => (await world.api.call('GET', quota)).json?.status?.hard?.pods === '2', 30_000);
    expect(await changeWorker({ env: { CHANGED: 'yes' } })).toBe(false);
    const cause = await names('quota');
    expect(cause.what).toBe('worker has no room in the quota of its namespace.');
    expect(cause.evidence.join('\n')).toMatch(/exceeded quota: worktree, .*\(coppice\.quota\.pods\)/);
    expect(cause.todo).toMatch(/coppice create/);
    world.settings.now = settings;
  });

  test.runIf(hasNodes)('an image that there is not', async () => {
    expect(await changeWorker({ image: 'coppice-test/there-is-none:1' })).toBe(false);
    const cause = await names('imageMissing');
    expect(cause.what).toMatch(/^worker has an image that cannot be had/);
    // First comes what the runtime says, which need not name the image: here that its registry is not reached.
    expect(cause.evidence.join('\n')).toMatch(
      /worker: (?:ErrImagePull: \w.+|ImagePullBackOff: .*coppice-test\/there-is-none)/,
    );
    expect(cause.todo).toMatch(/services\.worker\.image/);
  });

  test.runIf(hasNodes)('memory that runs out', async () => {
    world.settings.now = { ...settings, 'quota.containerMemory': '128Mi' };
    const fill = 'const all = []; for (;;) all.push(Buffer.alloc(8 * 1024 * 1024, 1))';
    // It may have been ready for a moment.
    await changeWorker({ command: [world.place.node, '-e', fill] });
    const cause = await names('outOfMemory');
    expect(cause.evidence.join('\n')).toMatch(/OOMKilled/);
  });
});
