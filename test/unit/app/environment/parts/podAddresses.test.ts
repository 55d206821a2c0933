import { expect, test } from 'vitest';
import { environmentParts } from '../../../../../src/app/environment/parts/environmentParts';
import { worktreeValues } from '../../../../../src/app/environment/parts/worktreeValues';
import { reservedVariables } from '../../../../../src/core/variables/reservedVariables';
import type { ClusterIdentity } from '../../../../../src/core/model';
import { defaultSettings, type Settings } from '../../../../../src/core/settings';
import { identityOf } from '../../../../support/identityOf';

const file = {
  version: 1,
  services: [
    {
      ...{ name: 'web', image: 'x', build: undefined, mount: false, command: undefined, port: 80, routes: [], env: {} },
      ...{ health: undefined, replicas: 1, dependsOn: {}, once: false },
    },
  ],
  database: undefined,
  chart: undefined,
  copy: [],
  patch: {},
  setup: [],
  teardown: [],
} as const;

function variablesOn(cluster: ClusterIdentity, change: Partial<Settings> = {}): Readonly<Record<string, string>> {
  const settings = { ...defaultSettings, ...change };
  const identity = identityOf('a', { cluster });
  const asked = { ...{ identity, branch: 'a', folder: '/w', file, settings }, mainFolder: '/m', urlPort: 8080 };
  const { services } = worktreeValues(environmentParts, asked);
  return services[0]?.env ?? {};
}

test('services on this machine get the addresses of the settings', () => {
  expect(variablesOn({ kind: 'embedded' })).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
  });
});

test.each([
  ['http://127.0.0.1:4318', '127.0.0.1:7233'],
  ['http://localhost:4318/', 'localhost:7233'],
  ['http://[::1]:4318', '[::1]:7233'],
])('to a pod %s is itself: it gets those of infra', (otlp, temporal) => {
  expect(variablesOn({ kind: 'k3d' }, { 'telemetry.otlpEndpoint': otlp, 'temporal.address': temporal })).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector.infra.svc:4318',
    TEMPORAL_ADDRESS: 'temporal-frontend.infra.svc:7233',
  });
});

test('an address elsewhere is the person’s choice', () => {
  const own = { 'telemetry.otlpEndpoint': 'https://localhost.example.test', 'temporal.address': '10.0.0.1:7233' };
  expect(variablesOn({ kind: 'context' }, own)).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://localhost.example.test',
    TEMPORAL_ADDRESS: '10.0.0.1:7233',
  });
});

test('whatever the parts tell services is refused where an environment file would set it', () => {
  const names = Object.keys(variablesOn({ kind: 'embedded' }));
  expect(names).toContain('WORKTREE_NAME');
  // The file may say where a service listens, and by which protocol it sends what it measures.
  expect(names.filter((name) => !reservedVariables.includes(name)).sort()).toEqual([
    'HOST',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
  ]);
});

test('a service is ended for starting slowly long after a create has given up, however short that waits', () => {
  const secondsOf = (readyTimeout: number): number | undefined => {
    const settings = { ...defaultSettings, 'create.readyTimeout': readyTimeout };
    const place = { branch: 'a', folder: '/w', mainFolder: '/m', urlPort: 8080 };
    const asked = { ...place, identity: identityOf('a'), file, settings };
    return worktreeValues(environmentParts, asked).startupSeconds;
  };
  expect([1, 120, 600].map(secondsOf)).toEqual([1200, 1200, 6000]);
});
