import { describe, expect, it } from 'vitest';
import { EventLog, type ObjectEvent } from '../../../../../packages/cluster/src/store/eventLog';
import { changeFor } from '../../../../../packages/cluster/src/streams/watchResponse';

const event = (revision: number): ObjectEvent => ({
  type: 'ADDED',
  kind: 'ConfigMap',
  revision,
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: String(revision) } },
});

describe('the event log', () => {
  it('plays what came after a revision, then what comes', () => {
    const log = new EventLog(10);
    for (const revision of [3, 5, 8]) log.add(event(revision));
    const heard: number[] = [];
    const stop = log.subscribe(({ revision }) => heard.push(revision), 3);
    log.add(event(9));
    stop();
    log.add(event(10));
    expect(heard).toEqual([5, 8, 9]);
    expect(log.listenerCount).toBe(0);
  });

  it('forgets the oldest, and knows how far back it reaches', () => {
    const log = new EventLog(10);
    for (let revision = 1; revision <= 21; revision++) log.add(event(revision));
    expect(log.reaches(10)).toBe(false);
    expect(log.reaches(11)).toBe(true);
    const heard: number[] = [];
    log.subscribe(({ revision }) => heard.push(revision), 11);
    expect(heard).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
    log.restart(40);
    expect([log.reaches(39), log.reaches(40)]).toEqual([false, true]);
  });

  it('hears no more once it has stopped, even within an event', () => {
    const log = new EventLog();
    const heard: string[] = [];
    let stopSecond = (): void => undefined;
    log.subscribe(() => {
      heard.push('first');
      stopSecond();
    });
    stopSecond = log.subscribe(() => heard.push('second'));
    log.add(event(1));
    expect(heard).toEqual(['first']);
  });
});

describe('what a write means to a selection', () => {
  const good = event(1).object;
  const bad = event(2).object;
  const concerns = (object: unknown): boolean => object === good;

  it.each([
    ['MODIFIED', bad, good, 'ADDED'],
    ['MODIFIED', good, good, 'MODIFIED'],
    ['MODIFIED', good, bad, 'DELETED'],
    ['MODIFIED', bad, bad, undefined],
    ['DELETED', good, good, 'DELETED'],
    ['DELETED', bad, bad, undefined],
  ] as const)('%s from %o', (type, previous, object, expected) => {
    expect(changeFor({ ...event(3), type, previous, object }, concerns)).toBe(expected);
  });
});
