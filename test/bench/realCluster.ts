import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureTestImage } from '../../scripts/workplace/testImage.mjs';
import type { CreateResult } from '../../src/app/environment/requests';
import { whileEndingPods } from '../support/endPods';
import { chart, helmPath } from '../support/helm';
import { RealWorld } from '../support/realWorld';
import { median, timed, type Bench, type Figure } from './figure';
import { measuredCreate, type Created } from './measuredCreate';
import { watchDelay } from './watchDelay';

const run = promisify(execFile);

/** The raw calls of one environment, one after the other, in milliseconds. */
type ByHand = ReadonlyMap<string, number>;

/**
 * How long a person waits for an environment in a real Kubernetes, beside the same steps by hand in the same runs: git, kubectl,
 * SQL, and Helm with --wait. It makes and deletes namespaces, and so takes no cluster that was not named for tests.
 */
export const realCluster: Bench = {
  name: 'realCluster',
  skipped: ({ env, only }) => {
    if (env['COPPICE_TEST_KUBECONFIG'] || (only && env['KUBECONFIG'])) return undefined;
    return 'COPPICE_TEST_KUBECONFIG names no cluster for tests';
  },
  async run({ quick, env }) {
    process.env['COPPICE_TEST_KUBECONFIG'] = env['COPPICE_TEST_KUBECONFIG'] || env['KUBECONFIG'];
    process.env['COPPICE_TEST_IMAGE'] = env['COPPICE_TEST_IMAGE'] || (await ensureTestImage());
    const world = await RealWorld.create();
    try {
      // The first one makes the template, which the others find.
      const first = await measuredCreate(world.product, world.repository, 'bench/first');
      await world.delete(first.result);
      const created: Created[] = [];
      const byHand: ByHand[] = [];
      const deletes: number[] = [];
      for (let i = 0; i < (quick ? 2 : 7); i++) {
        const one = await measuredCreate(world.product, world.repository, `bench/run-${i}`);
        const hand = await createByHand(world, one.result, i);
        created.push(one);
        byHand.push(hand.steps);
        await hand.remove();
        deletes.push(await timed(() => world.delete(one.result)));
      }
      const cluster = world.cluster();
      const { product, repository } = world;
      const watch = 'A change in the real cluster is in the snapshot';
      return [
        ...figures(created, byHand, deletes),
        await watchDelay(watch, { product, repository, cluster }, quick ? 3 : 15),
      ];
    } finally {
      await world.dispose();
    }
  },
};

function figures(created: readonly Created[], byHand: readonly ByHand[], deletes: readonly number[]): Figure[] {
  const runs = created.length;
  const wall = median(created.map((one) => one.wall));
  const sums = byHand.map((steps) => [...steps.values()].reduce((sum, duration) => sum + duration, 0));
  const name = 'Create to ready, real cluster';
  const figure = (yardstick: string, value: number, most: number): Figure => ({
    name,
    unit: 'ms',
    value: wall,
    runs,
    yardstick: { name: yardstick, value },
    goals: [{ kind: 'ratio', most }],
  });
  const part = (title: string, durations: readonly number[]): Figure => ({
    name: title,
    unit: 'ms',
    value: median(durations),
    runs: durations.length,
    goals: [],
  });
  const titles = (all: readonly ReadonlyMap<string, number>[]): string[] => [
    ...new Set(all.flatMap((one) => [...one.keys()])),
  ];
  const durationsOf = (all: readonly ReadonlyMap<string, number>[], title: string): number[] =>
    all.flatMap((one) => one.get(title) ?? []);
  const steps = created.map((one) => one.steps);
  return [
    figure('the same by hand: git, kubectl, SQL, helm --wait', median(sums), 0.7),
    figure('the longest chain of its steps', median(created.map(({ chain }) => chain)), 1.2),
    ...titles(steps).map((title) => part(`- ${title}`, durationsOf(steps, title))),
    ...titles(byHand).map((title) => part(`- by hand: ${title}`, durationsOf(byHand, title))),
    part('Delete, real cluster', deletes),
  ];
}

/** The same environment under names of its own, as a person would make it who knows all that is to be done. */
async function createByHand(
  world: RealWorld,
  { identity, worktree }: CreateResult,
  number: number,
): Promise<{ steps: ByHand; remove(): Promise<void> }> {
  const slug = `bench-hand-${number}`;
  const [namespace, database] = [`hand-${identity.names.namespace}`, `wt_bench_hand_${number}`];
  const folder = await mkdtemp(join(tmpdir(), 'coppice-bench-hand-'));
  const path = join(folder, 'worktree');
  const { path: kubeconfig, context } = world.place.kubeconfig;
  const kubectl = (...argv: string[]): Promise<unknown> =>
    run('kubectl', ['--kubeconfig', kubeconfig, '--context', context, ...argv]);
  const where = ['--kubeconfig', kubeconfig, '--kube-context', context, '--namespace'];
  const helm = async (...argv: string[]): Promise<string> => (await run(helmPath, argv)).stdout;
  const given = await helm(
    'get',
    'values',
    identity.names.release,
    '--output',
    'json',
    ...where,
    identity.names.namespace,
  );
  const values = join(folder, 'values.json');
  const renamed = given.replaceAll(identity.names.slug, slug).replaceAll(identity.owner.worktreeId, 'ba11ad');
  await writeFile(values, renamed.replaceAll(worktree.path, path));
  const podUrl = `postgresql://${database}:secret@${world.relay.address}/${database}`;
  const steps = new Map<string, number>();
  const step = async (name: string, work: () => Promise<unknown>): Promise<void> =>
    void steps.set(name, await timed(work));

  await step('git worktree add', () => world.git('worktree', 'add', '--quiet', '-b', slug, path, 'main'));
  await step('kubectl create namespace', () => kubectl('create', 'namespace', namespace));
  await step('create role and database', async () => {
    await world.sql(`CREATE ROLE ${database} LOGIN PASSWORD 'secret'`);
    await world.sql(`CREATE DATABASE ${database} OWNER ${database} TEMPLATE real_template`);
    // What the template's builder owned is the new role's, as in every clone.
    await world.handOver(database);
  });
  const secret = ['create', 'secret', 'generic', 'coppice-database', `--from-literal=DATABASE_URL=${podUrl}`];
  await step('kubectl create secret', () => kubectl('--namespace', namespace, ...secret));
  await step('helm upgrade --install --wait', () =>
    helm('upgrade', slug, chart, '--install', '--wait', '--values', values, ...where, namespace),
  );
  return {
    steps,
    async remove() {
      await helm('uninstall', slug, ...where, namespace);
      await kubectl('delete', 'namespace', namespace, '--wait=false');
      const gone = kubectl('wait', '--for=delete', `namespace/${namespace}`, '--timeout=120s');
      await whileEndingPods(world.place, namespace, gone);
      await world.sql(`DROP DATABASE ${database} WITH (FORCE)`);
      await world.sql(`DROP ROLE ${database}`);
      await world.git('worktree', 'remove', '--force', path);
      await world.git('branch', '--quiet', '-D', slug);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
