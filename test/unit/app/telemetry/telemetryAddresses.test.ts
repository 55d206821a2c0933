import { expect, it } from 'vitest';
import { telemetryAddresses } from '../../../../src/app/telemetry/telemetryAddresses';
import { defaultSettings } from '../../../../src/core/settings';

it("what a person has set comes before infra's, each by itself", () => {
  const shared = { grafana: 'http://127.0.0.1:1', loki: 'http://127.0.0.1:2' };
  const given = { ...defaultSettings, 'loki.url': 'http://logs', 'jaeger.url': 'http://traces' };
  expect(telemetryAddresses(given, shared)).toEqual({
    grafana: 'http://127.0.0.1:1',
    prometheus: undefined,
    loki: 'http://logs',
    jaeger: 'http://traces',
  });
});
