import { expect } from 'vitest';
import { isAbort } from '../../../src/core/errors';
import type { LogPiece, LogRun, Workloads } from '../../../src/core/ports/workloads';
import { until } from '../../support/until';

/** Reads the runs of a service that ends again and again, from now on. */
export function followRuns(workloads: Pick<Workloads, 'runs'>, namespace: string, service: string) {
  const stop = new AbortController();
  const pieces: LogPiece[] = [];
  const read = async (): Promise<void> => {
    for await (const piece of workloads.runs(namespace, service, 10, stop.signal)) pieces.push(piece);
  };
  const done = read().catch((error: unknown) => {
    if (!isAbort(error)) throw error;
  });
  return {
    /** All until one was started again and has printed something. */
    async untilStartedAgain(): Promise<readonly LogPiece[]> {
      await until(async () => {
        const at = pieces.findIndex((piece) => !('line' in piece) && piece.before !== undefined);
        const next = at < 0 ? undefined : pieces[at + 1];
        return next !== undefined && 'line' in next;
      }, 60_000);
      stop.abort();
      await done;
      return pieces;
    },
  };
}

/** Each run is told of once, in order, and each line stands after its own run, once. */
export function expectRunsApart(pieces: readonly LogPiece[], pod: string, exitCode: number): void {
  const runs = pieces.filter((piece): piece is LogRun => !('line' in piece));
  const restarts = runs.map((run) => run.restarts);
  expect(restarts).toEqual(restarts.map((_, index) => (restarts[0] ?? 0) + index));
  expect(new Set(runs.map((run) => run.pod))).toEqual(new Set([pod]));
  expect(runs.find(({ before }) => before)).toMatchObject({ before: { exitCode } });
  expect(runs.every(({ startedAt }) => Date.parse(startedAt ?? '') > 0)).toBe(true);
  expect(pieces[0]).not.toHaveProperty('line');
  const told = pieces.filter((piece) => 'line' in piece);
  expect(new Set(told.map((each) => each.pod))).toEqual(new Set([pod]));
  const lines = told.map(({ line }) => line);
  expect(lines.every((line) => /^\d{4}-\d\d-\d\dT\S+Z about to fail \d+$/.test(line))).toBe(true);
  expect(new Set(lines).size).toBe(lines.length);
}
