import { describe, expect, it } from 'vitest';
import { eachOf } from '../../../../src/app/run/eachOf';

const { signal } = new AbortController();

describe('the same done with each of many', () => {
  it('answers in their order, and does no more at once than it may', async () => {
    let working = 0;
    let most = 0;
    const results = await eachOf([5, 4, 3, 2, 1], 2, signal, async (item) => {
      most = Math.max(most, ++working);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      working--;
      return item * 10;
    });
    expect(results).toEqual([50, 40, 30, 20, 10]);
    expect(most).toBe(2);
  });

  it('begins no other once one has failed, and rejects when those that were begun are over', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      if (item === 1) throw new Error('one');
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      ended.push(item);
    };
    await expect(eachOf([0, 1, 2, 3], 2, signal, work)).rejects.toThrow('one');
    expect({ begun, ended }).toEqual({ begun: [0, 1], ended: [0] });
  });

  it('begins none where it is aborted', async () => {
    const work = async (): Promise<never> => expect.unreachable('nothing is to be begun');
    await expect(eachOf([1], 1, AbortSignal.abort(), work)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
