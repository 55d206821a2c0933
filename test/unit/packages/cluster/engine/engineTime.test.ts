import { expect, it } from 'vitest';
import { EngineTime } from '../../../../../packages/cluster/src/engine/engineTime';

const hour = 3600_000;
const began = 1_800_000_000_000;

function clocks() {
  let [monotonic, epoch] = [5000.25, began];
  return {
    time: new EngineTime(
      () => monotonic,
      () => epoch,
    ),
    pass(ms: number) {
      monotonic += ms;
      epoch += ms;
    },
    set(ms: number) {
      epoch += ms;
    },
    epoch: () => epoch,
  };
}

it('says what the machine’s clock says, and follows where that is put forwards', () => {
  const { time, pass, set } = clocks();
  expect(time.now()).toBe(began);
  pass(1234);
  expect(time.now()).toBe(began + 1234);
  set(8 * hour);
  expect(time.now()).toBe(began + 1234 + 8 * hour);
});

it('goes on where that is put back, a little slower until both say the same', () => {
  const { time, pass, set, epoch } = clocks();
  set(-hour);
  expect(time.now()).toBe(began);
  pass(10_000);
  expect(time.now()).toBe(began + 9500);
  for (let minutes = 0; minutes < 19 * 60; minutes++) {
    const before = time.now();
    pass(60_000);
    expect(time.now() - before).toBe(57_000);
  }
  expect(time.now() - epoch()).toBeGreaterThan(0);
  pass(2 * hour);
  expect(time.now()).toBe(epoch());
});

it('is told as the machine’s clock would by now', () => {
  const { time, pass, set, epoch } = clocks();
  pass(60_000);
  const then = time.now();
  expect(time.toMachine(then)).toBe(then);
  pass(10_000);
  expect(time.now()).toBe(began + 70_000);
  set(-hour);
  // The same seventy and ten seconds ago, by whichever clock.
  expect(time.toMachine(began)).toBe(epoch() - 70_000);
  expect(time.toMachine(then)).toBe(epoch() - 10_000);
});
