import { describe, expect, it } from 'vitest';
import { whileAsleep } from '../../../../../src/app/environment/database/whileAsleep';
import { AppError } from '../../../../../src/core/errors';
import { run, Sleeper } from '../../../../support/sleeper';

const look = () => Promise.resolve();

describe('what is done while services sleep', () => {
  it('begins while they fall asleep, and waits for them where it needs to', async () => {
    const { world, at } = await Sleeper.create();
    const order: string[] = [];
    let goOn: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (goOn = resolve));
    const sleep = world.workloads.sleep.bind(world.workloads);
    world.workloads.sleep = async (...of) => {
      await begun;
      order.push('sleep');
      return sleep(...of);
    };
    const work = async (asleep: () => Promise<void>): Promise<string> => {
      order.push('work');
      goOn();
      await asleep();
      order.push('asleep');
      return 'done';
    };
    const { value, woken } = await whileAsleep(world.createPorts(), at, 'work is done', run, { look, work });
    expect(order).toEqual(['work', 'sleep', 'sleep', 'sleep', 'asleep']);
    expect([value, woken]).toMatchObject(['done', { slept: true, ready: true }]);
  });

  it('is not gone on with where they cannot sleep, and none sleeps afterwards', async () => {
    const sleeper = await Sleeper.create();
    const { world, at } = sleeper;
    const sleep = world.workloads.sleep.bind(world.workloads);
    let calls = 0;
    world.workloads.sleep = async (...of) => {
      if (++calls === 2) throw new AppError('unreachable', 'The cluster went away.');
      return sleep(...of);
    };
    const done: string[] = [];
    const work = async (asleep: () => Promise<void>): Promise<void> => {
      await asleep();
      done.push('work');
    };
    await expect(whileAsleep(world.createPorts(), at, 'work is done', run, { look, work })).rejects.toMatchObject({
      message: 'The cluster went away.',
    });
    expect([done, await sleeper.health()]).toEqual([[], 'healthy']);
  });

  it('that fails at once wakes none before the last has fallen asleep', async () => {
    const sleeper = await Sleeper.create();
    const { world, at } = sleeper;
    const work = () => Promise.reject(new AppError('failed', 'The disk is full.'));
    await expect(whileAsleep(world.createPorts(), at, 'work is done', run, { look, work })).rejects.toMatchObject({
      message: 'The disk is full.',
    });
    expect(await sleeper.health()).toBe('healthy');
  });
});
