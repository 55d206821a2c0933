import { expect, it } from 'vitest';
import { DatabaseKeeper, LOOK_MS } from '../../../../../packages/cluster/src/database/databaseKeeper';

const dead = { isWanted: true, isAlive: false };
const alive = { isWanted: true, isAlive: true };
const stopped = { isWanted: false, isAlive: false };

it('starts a server again that two looks have found dead', () => {
  const keeper = new DatabaseKeeper();
  expect([alive, alive, dead, dead].map((seen, i) => keeper.look(seen, i * LOOK_MS))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

it('leaves alone one that is just starting, and one that somebody stopped', () => {
  const keeper = new DatabaseKeeper();
  expect([alive, dead, alive, dead, alive].map((seen, i) => keeper.look(seen, i * LOOK_MS))).not.toContain(true);
  for (let now = 10_000; now < 1_000_000; now += LOOK_MS) expect(keeper.look(stopped, now)).toBe(false);
});

it('tries ever less often what does not stay, and begins anew after one that did', () => {
  const keeper = new DatabaseKeeper();
  const starts: number[] = [];
  let now = 0;
  for (; now < 600_000; now += LOOK_MS) if (keeper.look(dead, now)) starts.push(now / 1000);
  expect(starts.slice(0, 7)).toEqual([2, 4, 6, 10, 18, 34, 66]);
  expect(starts.length).toBeLessThan(16);
  for (const end = now + 130_000; now < end; now += LOOK_MS) keeper.look(alive, now);
  keeper.look(dead, now);
  expect(keeper.look(dead, now + LOOK_MS)).toBe(true);
});
