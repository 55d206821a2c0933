import type { ServiceSample } from '../../../src/core/ports/telemetry';
import { FakeTelemetry } from '../../support/fakes/fakeTelemetry';
import { telemetryContract } from './telemetryContract';

telemetryContract(
  'the fake',
  async () => {
    const telemetry = new FakeTelemetry();
    const namespace = 'worktree-fake';
    const services = new Map<string, ServiceSample>();
    let asked = 0;
    const add = (): void => {
      const perSecond = { '1xx': 0, '2xx': asked, '3xx': 0, '4xx': 0, '5xx': 0 };
      const requests = { perSecond, p50Ms: asked ? 2 : undefined, p95Ms: asked ? 3 : undefined };
      asked = 0;
      const all = [...services.values()].map((one) => ({
        ...one,
        requests: one.name === 'web' ? requests : undefined,
      }));
      telemetry.addSample(namespace, { at: Date.now(), services: all, missing: {} });
    };
    const timer = setInterval(add, 20);
    return {
      telemetry,
      namespace,
      measuresUsage: true,
      keepsPast: true,
      async runService(name, lines, exitCode) {
        const restarts = exitCode === undefined ? 0 : 1;
        services.set(name, { name, cpuCores: 0.1, memoryBytes: 50e6, restarts, requests: undefined });
        telemetry.addLines(namespace, name, ...lines);
        const object = `Pod/${name}-1`;
        const event = { at: Date.now(), object, message: 'Told by the fake', count: 1 };
        telemetry.putEvent(namespace, { ...event, id: `${name}-started`, type: 'Normal', reason: 'Started' });
        if (exitCode !== undefined)
          telemetry.putEvent(namespace, { ...event, id: `${name}-backoff`, type: 'Warning', reason: 'BackOff' });
      },
      async request(count) {
        asked += count;
      },
      async dispose() {
        clearInterval(timer);
      },
    };
  },
  5_000,
);
