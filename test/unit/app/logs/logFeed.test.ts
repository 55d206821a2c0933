import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogFeed, type LogEntry } from '../../../../src/app/logs/logFeed';
import { AppError } from '../../../../src/core/errors';
import type { LogPiece, LogRun } from '../../../../src/core/ports/workloads';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const run = (change: Partial<LogRun> = {}): LogRun => ({
  ...{ pod: 'backend-1', restarts: 0, startedAt: '2026-01-02T03:04:05Z', before: undefined },
  ...change,
});
const line = (text: string, pod = 'backend-1'): LogPiece => ({ pod, line: text });
const at = (second: number, text: string, pod?: string): LogPiece =>
  line(`2026-01-02T03:04:${String(second).padStart(2, '0')}.000000000Z ${text}`, pod);

function aFeed(runs: (service: string, signal: AbortSignal) => AsyncIterable<LogPiece>) {
  const told: LogEntry[][] = [];
  const states: (string | undefined)[] = [];
  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      setTimeout(resolve, ms);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  const feed = new LogFeed(
    { runs, pause },
    { onEntries: (entries) => void told.push([...entries]), onState: (_, failure) => void states.push(failure) },
  );
  const texts = () => told.flat().map((entry) => (entry.kind === 'run' ? `- ${entry.text}` : entry.line.text));
  return { feed, told, states, texts };
}

describe('what the services of an environment print', () => {
  it('comes in one, each run after what tells how it began', async () => {
    const { feed, told, texts } = aFeed(async function* (service) {
      if (service === 'worker') return yield at(9, 'from worker');
      yield* [run(), at(5, 'one'), line('without a time')];
      yield* [run({ restarts: 1, before: { exitCode: 1, reason: 'Error' } }), at(6, 'two')];
      yield* [run({ restarts: 2, before: { exitCode: 137, reason: 'OOMKilled' } })];
      yield* [run({ restarts: 2, before: { exitCode: 137, reason: 'OOMKilled' } })];
      yield* [run({ pod: 'backend-2' }), at(8, 'three', 'backend-2')];
    });
    feed.follow(['backend', 'worker']);
    feed.follow(['worker']);
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toHaveLength(1);
    expect(texts().filter((text) => text !== 'from worker')).toEqual([
      '- backend started',
      'one',
      'without a time',
      '- backend started again (exit 1)',
      'two',
      '- backend started again (exit 137, OOMKilled)',
      '- backend started in a new pod',
      'three',
    ]);
    expect(texts().filter((text) => text === 'from worker')).toHaveLength(1);
    expect(told[0]?.find(({ kind, service }) => kind === 'line' && service === 'backend')).toMatchObject({
      at: Date.UTC(2026, 0, 2, 3, 4, 5),
    });
  });

  it('is read again after a failure, without what was told before, and says so meanwhile', async () => {
    let turn = 0;
    const { feed, states, texts } = aFeed(async function* () {
      turn++;
      if (turn === 2) throw new AppError('unreachable', 'It is away.');
      yield* [run(), at(5, 'one')];
      if (turn === 1) throw new AppError('unreachable', 'It is away.');
      yield at(6, 'two');
    });
    feed.follow(['backend']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(texts()).toEqual(['- backend started', 'one', 'two']);
    const away = 'The log of backend cannot be read: It is away.';
    expect(states).toEqual([away, away, undefined]);
  });

  it('tells of each line which pod has printed it, and passes over nothing of one for another that was ahead', async () => {
    let turn = 0;
    const { feed, told } = aFeed(async function* () {
      yield* [run(), run({ pod: 'backend-2' }), at(7, '{"message":', 'backend-2'), at(5, 'one')];
      if (++turn === 1) throw new AppError('unreachable', 'It is away.');
      yield at(6, 'two');
    });
    feed.follow(['backend']);
    await vi.advanceTimersByTimeAsync(20_000);
    const lines = told.flat().flatMap((entry) => (entry.kind === 'line' ? [`${entry.pod} ${entry.line.text}`] : []));
    expect(lines).toEqual(['backend-2 {"message":', 'backend-1 one', 'backend-1 two']);
  });

  it('makes who prints faster than is told wait, and tells nothing once it is over', async () => {
    let printed = 0;
    const { feed, told } = aFeed(async function* () {
      for (;;) yield at(5, String(++printed));
    });
    feed.follow(['backend']);
    await vi.advanceTimersByTimeAsync(99);
    expect(printed).toBe(500);
    await vi.advanceTimersByTimeAsync(201);
    expect(printed).toBeLessThanOrEqual(2000);
    expect(told.every((entries) => entries.length <= 500)).toBe(true);
    feed.dispose();
    const { length } = told;
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toHaveLength(length);
  });
});
