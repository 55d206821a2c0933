import { expect, test } from 'vitest';
import { YamlEnvironmentFiles } from '../../../../src/adapters/environmentFile/yamlEnvironmentFiles';

const files = new YamlEnvironmentFiles();
const service = (body: string): string => `version: 1\nservices:\n  web:\n${body.replace(/^/gm, '    ')}\n`;

test('a list of dependencies means what each of them can be', () => {
  const { services } = files.parse(
    'version: 1\nservices:\n  api: {image: x, dependsOn: [migrate, db]}\n  db: {image: x}\n  migrate: {image: x, once: true, dependsOn: {db: started}}\n',
    'coppice.yaml',
  );
  expect(services.map(({ dependsOn, once }) => ({ dependsOn, once }))).toEqual([
    { dependsOn: { migrate: 'completed', db: 'healthy' }, once: false },
    { dependsOn: {}, once: false },
    { dependsOn: { db: 'started' }, once: true },
  ]);
});

const wrong: [name: string, text: string, ...expected: string[]][] = [
  [
    'a service that runs once and is routed to',
    service('image: x\nonce: true\nport: 1\nroutes: [/]\nhealth: /\nreplicas: 2'),
    ...['port', 'routes', 'health', 'replicas'].map(
      (key, index) =>
        `${6 + index}:5: services.web.${key} is not allowed for a service that runs to its end (once: true): nothing can reach it`,
    ),
  ],
  [
    'a dependency on nothing',
    service('image: x\ndependsOn: [we]'),
    '5:17: services.web.dependsOn[0] names "we", which is no service: expected one of web',
  ],
  [
    'a circle of dependencies',
    'version: 1\nservices:\n  a: {image: x, dependsOn: [b]}\n  b: {image: x, dependsOn: {a: started}}\n',
    '3:29: services.a.dependsOn[0] goes in a circle: a waits for b, b waits for a',
  ],
  [
    'another condition',
    'version: 1\nservices:\n  a: {image: x, dependsOn: {b: ready}}\n  b: {image: x}\n',
    '3:32: services.a.dependsOn.b must be started, healthy or completed, found "ready"',
  ],
];

test.each(wrong)('%s', (_name, text, ...expected) => {
  expect(files.check(text).map(({ line, column, message }) => `${line}:${column}: ${message}`)).toEqual(expected);
});
