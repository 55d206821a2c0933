import { expect, test } from 'vitest';
import { YamlEnvironmentFiles } from '../../../../src/adapters/environmentFile/yamlEnvironmentFiles';

const files = new YamlEnvironmentFiles();
const file = (uses: string, service = 'image: x'): string =>
  `version: 1\nuses: ${uses}\nservices:\n  web: {${service}}\n`;

test('what is used is read in the order of the file, and can be waited for', () => {
  const { uses, services } = files.parse(
    file('{queue: rabbitmq, cache: redis}', 'image: x, dependsOn: {cache: started}'),
    'coppice.yaml',
  );
  expect(uses).toEqual([
    { name: 'queue', tool: 'rabbitmq' },
    { name: 'cache', tool: 'redis' },
  ]);
  expect(services).toMatchObject([{ name: 'web', dependsOn: { cache: 'started' } }]);
  expect(files.parse(file('{}'), 'coppice.yaml')).not.toHaveProperty('uses');
});

test('what makes the data that it begins with is read where a mapping says it', () => {
  const text = file(
    '{db: {tool: mysql, migrate: "npm run migrate", inputs: [./db], timeout: 9}, cache: {tool: redis}}',
  );
  expect(files.parse(text, 'coppice.yaml').uses).toEqual([
    {
      ...{ name: 'db', tool: 'mysql' },
      filling: { migrate: ['npm', 'run', 'migrate'], seed: undefined, timeout: 9, inputs: ['db'] },
    },
    { name: 'cache', tool: 'redis' },
  ]);
});

const wrong: [name: string, text: string, expected: string][] = [
  [
    'an unknown tool',
    file('{cache: reddis}'),
    '2:15: uses.cache must be redis, valkey, memcached, mysql, mariadb, mongodb, nats, rabbitmq, minio, mailpit or elasticsearch, found "reddis"',
  ],
  ['the database', file('{db: postgres}'), '2:12: uses.db must be redis, '],
  [
    'a name that a service has',
    file('{web: redis}'),
    '2:13: uses.web has the name of a service: what is used needs one of its own',
  ],
  ['a name that is no label', file('{My_Cache: redis}'), '2:8: uses: "My_Cache" must be a DNS label: '],
  [
    'a name whose variables are Coppice’s own',
    file('{metrics: redis}'),
    '2:17: uses.metrics would be told by METRICS_PORT, which Coppice sets itself: give it another name',
  ],
  [
    'a second database under the name of the first',
    `${file('{database: mysql}')}database: {template: t}\n`,
    '2:18: uses.database would be told by DATABASE_URL, which Coppice sets itself: give it another name',
  ],
  [
    'a page under the host of a service',
    file('{mail: mailpit}', 'image: x, port: 80, host: mail'),
    '2:14: uses.mail has a page under the host mail, which web has: give it another name',
  ],
  [
    'waiting for the end of what has none',
    file('{cache: redis}', 'image: x, dependsOn: {cache: completed}'),
    '4:38: services.web.dependsOn.cache must be started or healthy: cache is no service that runs to its end (once: true)',
  ],
  ['a mapping without a tool', file('{db: {migrate: x}}'), '2:8: uses.db.tool is missing'],
  ['another tool in a mapping', file('{db: {tool: postgres}}'), '2:19: uses.db.tool must be redis, '],
  ['another key in a mapping', file('{db: {tool: mysql, migrat: x}}'), '2:26: uses.db has no key "migrat"'],
  ['no tool', file('{db: 3}'), '2:12: uses.db must be text or a mapping, found 3'],
  [
    'what makes data where they are not copied',
    file('{mail: {tool: mailpit, migrate: x}}'),
    '2:14: uses.mail has migrate or seed, which only redis, valkey, mysql, mariadb, mongodb can have: Mailpit begins without data',
  ],
  ['inputs outside', file('{db: {tool: mysql, migrate: x, inputs: [../x]}}'), '2:47: uses.db.inputs[0] must be a file'],
  ['no mapping', file('[redis]'), '2:7: uses must be a mapping, found a list'],
];

test.each(wrong)('%s is one clear line', (_, text, expected) => {
  const problems = files.check(text).map(({ line, column, message }) => `${line}:${column}: ${message}`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(expected);
});

test('a database that is used may be called so where there is no other', () => {
  expect(files.check(file('{database: mysql}'))).toEqual([]);
});

test('a namespace in Temporal is asked for with true alone', () => {
  const read = (line: string) =>
    files.parse(`version: 1\n${line}services:\n  web: {image: x}\n`, 'coppice.yaml').temporal;
  expect([read('temporal: true\n'), read('temporal: false\n'), read('')]).toEqual([true, undefined, undefined]);
  expect(() => read('temporal: local\n')).toThrow(/temporal must be true or false/);
});
