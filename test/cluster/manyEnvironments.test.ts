import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryKb } from '../bench/memoryKb';
import { HollowNode } from '../support/hollowNode';
import { hasNodes, realPlace } from '../support/place';
import { RealWorld } from '../support/realWorld';
import { verifiesKubernetes } from '../support/toolVersions';

// It takes many minutes, and is no part of what runs by itself: COPPICE_TEST_MANY says how many environments are to be there.
const many = Number(process.env['COPPICE_TEST_MANY'] ?? 0);
const each = 3;

describe.skipIf(many === 0)('Many environments of three services in a real Kubernetes', { timeout: 7_200_000 }, () => {
  verifiesKubernetes(
    `${many} environments of three services: what one more costs, and what following them takes of memory` +
      (hasNodes ? '' : '; a stand-in says that their pods run'),
  );
  let world: RealWorld;
  let hollow: HollowNode | undefined;
  let made = 0;

  beforeAll(async () => {
    const { image, node } = await realPlace();
    const idle = { image, command: [node, '-e', 'setInterval(() => {}, 1000)'] };
    world = await RealWorld.create({ services: { third: idle } });
    if (!hasNodes) hollow = new HollowNode(world.api);
  });
  afterAll(async () => {
    await world?.dispose();
    await hollow?.end();
  }, 600_000);

  const create = async (): Promise<number> => {
    const begin = performance.now();
    const { ready, services } = await world.create(`many-${++made}`);
    expect([ready, services.length], JSON.stringify(services)).toEqual([true, 3]);
    return performance.now() - begin;
  };
  /** Of some, the one in the middle: a machine that does other things as well takes longer for one of them. */
  const middleOf = async (measure: () => Promise<number>): Promise<number> => {
    const all: number[] = [];
    for (let i = 0; i < each; i++) all.push(await measure());
    return all.sort((a, b) => a - b)[1] ?? Number.NaN;
  };
  /** What a process takes that follows all of it, as the extension does: once it has told what there is, and is at rest. */
  const followingKb = async (): Promise<number> => {
    const child = await world.startCli(world.repository, 'list', '--json', '--watch');
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    try {
      const deadline = Date.now() + 60_000;
      while (!told.includes(`"many-${made}"`) && Date.now() < deadline) await delay(100);
      expect(told).toContain(`"many-${made}"`);
      const seen: number[] = [];
      while (seen.length < 20) {
        await delay(500);
        seen.push(memoryKb(child.pid ?? 0));
      }
      return seen.sort((a, b) => a - b)[10] ?? Number.NaN;
    } finally {
      child.kill();
    }
  };

  test('make the next create no slower, and cost who follows them no more than 60 MB', async () => {
    // It makes the template that all others are cloned from.
    await create();
    const withOneKb = await middleOf(followingKb);
    const first = await middleOf(create);
    while (made < many) await create();
    const last = await middleOf(create);
    const withAllKb = await middleOf(followingKb);
    const told = { environments: made, firstMs: first, lastMs: last, withOneKb, withAllKb };
    process.stderr.write(`${JSON.stringify(told)}\n`);
    expect(last / first).toBeLessThanOrEqual(1.2);
    expect((withAllKb - withOneKb) / 1024).toBeLessThanOrEqual(60);
  });
});
