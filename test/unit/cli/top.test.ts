import { describe, expect, it } from 'vitest';
import { topRounds, type Told } from '../../../src/cli/topRounds';
import { topJson, topTable, type TopTarget } from '../../../src/cli/topTable';
import type { ServiceSample, TelemetrySample } from '../../../src/core/ports/telemetry';
import { FakeTelemetry } from '../../support/fakes/fakeTelemetry';
import { until } from '../../support/until';

const target = (name: string): TopTarget => ({ namespace: `worktree-${name}`, branch: name, path: `/${name}` });
const perSecond = { '1xx': 0, '2xx': 11.6, '3xx': 0, '4xx': 0, '5xx': 0.44 };
const web: ServiceSample = {
  name: 'web\u001b',
  cpuCores: 0.254,
  memoryBytes: 100.4 * 2 ** 20,
  restarts: 2,
  requests: { perSecond, p50Ms: 4.23, p95Ms: 1234 },
};
const worker: ServiceSample = { name: 'worker', cpuCores: 0, memoryBytes: 0, restarts: 0, requests: undefined };
const sample = (at: number, ...services: ServiceSample[]): TelemetrySample => ({ at, services, missing: {} });

describe('the table', () => {
  it('has a row a service', () => {
    const told = { target: target('one'), sample: sample(1, web, worker), failure: undefined };
    expect(topTable(told)).toBe(
      [
        'SERVICE    CPU   MEMORY   RESTARTS  REQUESTS/S  ERRORS/S  P50     P95',
        'web\\u{1b}  0.25  100 MiB  2         12          0.4       4.2 ms  1.2 s',
        'worker     0.00  0 MiB    0         -           -         -       -',
      ].join('\n'),
    );
  });

  it('says below it why something is not known', () => {
    const missing = { usage: 'no metrics-server', requests: 'no gateway' };
    const unknown = { ...worker, cpuCores: undefined, memoryBytes: undefined };
    const told = { target: target('one'), sample: { ...sample(1, unknown), missing }, failure: undefined };
    expect(topTable(told).split('\n')).toEqual([
      'SERVICE  CPU  MEMORY  RESTARTS  REQUESTS/S  ERRORS/S  P50  P95',
      'worker   -    -       0         -           -         -    -',
      'no metrics-server',
      'no gateway',
    ]);
    const gone = { target: target('gone'), sample: undefined, failure: 'it does not answer' };
    expect(topTable(gone)).toBe('No service runs.\nit does not answer');
  });

  it('is said in JSON with null for what is not known', () => {
    const told = [{ target: { ...target('one'), branch: undefined }, sample: sample(0, worker), failure: undefined }];
    expect(topJson(told)).toEqual({
      worktrees: [
        {
          branch: null,
          path: '/one',
          namespace: 'worktree-one',
          failure: null,
          at: '1970-01-01T00:00:00.000Z',
          missing: { usage: null, requests: null },
          services: [{ name: 'worker', cpuCores: 0, memoryBytes: 0, restarts: 0, requests: null }],
        },
      ],
    });
  });
});

describe('rounds', () => {
  it('wait for every environment, count a failure as an answer, and end with the signal', async () => {
    const telemetry = new FakeTelemetry();
    const end = new AbortController();
    const rounds: (readonly Told<TopTarget>[])[] = [];
    const watch = telemetry.watch.bind(telemetry);
    const done = (async () => {
      for await (const told of topRounds({ watch }, [target('one'), target('two')], end.signal)) rounds.push(told);
    })();
    await until(() => telemetry.watchers('worktree-two') === 1);
    telemetry.addSample('worktree-one', sample(1, web));
    telemetry.addSample('worktree-one', sample(2, web));
    await new Promise(setImmediate);
    expect(rounds).toEqual([]);
    telemetry.setFailure('worktree-two', 'away');
    await until(() => rounds.length === 1);
    expect(rounds[0]?.map((one) => [one.sample?.at, one.failure])).toEqual([
      [2, undefined],
      [undefined, 'away'],
    ]);
    telemetry.addSample('worktree-one', sample(3, web));
    await until(() => rounds.length === 2);
    telemetry.setFailure('worktree-two', undefined);
    telemetry.addSample('worktree-one', sample(4, web));
    await new Promise(setImmediate);
    expect(rounds.length).toBe(2);
    telemetry.addSample('worktree-two', sample(5, worker));
    await until(() => rounds.length === 3);
    end.abort();
    await done;
    expect(telemetry.watchers('worktree-one')).toBe(0);
  });
});
