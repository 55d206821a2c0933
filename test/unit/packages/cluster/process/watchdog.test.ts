import { describe, expect, it } from 'vitest';
import { Watchdog } from '../../../../../packages/cluster/src/process/watchdog';

/** The verdicts of so many seconds. */
function seconds(watchdog: Watchdog, count: number, beats = false): (string | undefined)[] {
  return Array.from({ length: count }, () => {
    if (beats) watchdog.beat();
    return watchdog.tick(1000, false);
  });
}
const silence = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

describe('a cluster whose event loop goes round', () => {
  it('is left alone for ever', () => {
    expect(seconds(new Watchdog(), 1000, true)).toEqual(silence(1000));
  });

  it('is left alone when it is slow, but slower than 10 s it may not be', () => {
    const watchdog = new Watchdog();
    for (let i = 0; i < 20; i++) {
      watchdog.beat();
      expect(seconds(watchdog, 9)).toEqual(silence(9));
    }
    watchdog.beat();
    expect(seconds(watchdog, 11)).toEqual([...silence(10), 'standstill']);
  });
});

describe('time that nobody had', () => {
  it('does not count: a laptop that slept, a machine that was stopped or overloaded', () => {
    const watchdog = new Watchdog();
    seconds(watchdog, 9);
    expect(watchdog.tick(8 * 3600 * 1000, false)).toBeUndefined();
    for (let i = 0; i < 100; i++) expect(watchdog.tick(5000, false)).toBeUndefined();
    expect(watchdog.tick(1000, false)).toBeUndefined();
    expect(watchdog.tick(1000, false)).toBe('standstill');
  });

  it('does not count as far as the cluster could run and got no processor', () => {
    const watchdog = new Watchdog();
    // A tenth of each second is its own.
    const verdicts = Array.from({ length: 100 }, () => watchdog.tick(1000, false, 900));
    expect(verdicts).toEqual(silence(100));
    const after = Array.from({ length: 20 }, () => watchdog.tick(1000, false, 900));
    expect(after).toContain('standstill');
  });

  it('is never more than has passed, whatever was read of it', () => {
    const watchdog = new Watchdog();
    expect(watchdog.tick(1000, false, -60_000)).toBeUndefined();
    expect(seconds(watchdog, 9)).toEqual(silence(9));
  });

  it('does not count while somebody has stopped the cluster', () => {
    const watchdog = new Watchdog();
    for (let i = 0; i < 100; i++) expect(watchdog.tick(1000, true)).toBeUndefined();
  });
});

describe('a cluster that ends', () => {
  it('has 90 s for it, as long as its event loop goes round', () => {
    const watchdog = new Watchdog();
    seconds(watchdog, 50, true);
    watchdog.beginStop();
    expect(seconds(watchdog, 91, true)).toEqual([...silence(90), 'stop']);
  });

  it('is left alone once it has ended: its number may be of another process', () => {
    const watchdog = new Watchdog();
    watchdog.beginStop();
    expect(watchdog.isResting).toBe(false);
    watchdog.rest();
    expect(watchdog.isResting).toBe(true);
    expect(seconds(watchdog, 200)).toEqual(silence(200));
  });
});
