import { describe, expect, test } from 'vitest';
import schema from '../../../../media/schemas/coppice.schema.json';
import { nearest } from '../../../../src/adapters/environmentFile/nearest';
import { reservedVariables } from '../../../../src/core/variables/reservedVariables';
import { YamlEnvironmentFiles } from '../../../../src/adapters/environmentFile/yamlEnvironmentFiles';
import { isAppError } from '../../../../src/core/errors';

const files = new YamlEnvironmentFiles();

const sample = `version: 1
services:
  frontend: {image: "node:24", mount: true, command: "node frontend/server.js", port: 3000, routes: [/]}
  backend: {build: backend, command: "node backend/server.js", port: 8000, routes: [/api, /graphql], health: /healthz, env: {LOG_LEVEL: debug}}
  worker: {build: backend, command: "node backend/worker.js", ready: "node backend/isComputing.js"}
database: {template: fibonacci_template, migrate: "node db/migrate.js", seed: "node db/seed.js"}
`;

const shown = (text: string): string[] => files.check(text).map((p) => `${p.line}:${p.column}: ${p.message}`);
const service = (body: string): string => `version: 1\nservices:\n  web:\n${body.replace(/^/gm, '    ')}\n`;

test('the sample is valid and understood', () => {
  expect(files.check(sample)).toEqual([]);
  const file = files.parse(sample, 'coppice.yaml');
  expect(file.services.map(({ name }) => name)).toEqual(['frontend', 'backend', 'worker']);
  expect(file.services[1]).toEqual({
    name: 'backend',
    image: undefined,
    build: { context: 'backend', dockerfile: 'Dockerfile', target: undefined, args: {} },
    mount: false,
    command: ['node', 'backend/server.js'],
    port: 8000,
    routes: ['/api', '/graphql'],
    env: { LOG_LEVEL: 'debug' },
    health: '/healthz',
    replicas: 1,
    dependsOn: {},
    once: false,
  });
  expect(file.services[0]?.mount).toBe(true);
  expect(file.services[2]?.ready).toEqual(['node', 'backend/isComputing.js']);
  expect(file.database).toEqual({
    template: 'fibonacci_template',
    migrate: ['node', 'db/migrate.js'],
    seed: ['node', 'db/seed.js'],
  });
  expect(file.chart).toBeUndefined();
});

test('a host of its own is reached at its root, unless the file says where', () => {
  const text =
    'version: 1\nservices:\n  a: {image: x, port: 1, host: a}\n  b: {image: x, port: 1, host: b, routes: [/x], stripPrefix: true}\n  c: {image: x, port: 1, routes: [/], stripPrefix: false}\n';
  expect(
    files.parse(text, 'coppice.yaml').services.map(({ host, routes, stripPrefix }) => [host, routes, stripPrefix]),
  ).toEqual([
    ['a', ['/'], undefined],
    ['b', ['/x'], true],
    [undefined, ['/'], undefined],
  ]);
});

test('what may be written in several ways', () => {
  const file = files.parse(
    [
      '\uFEFFversion: 1\r',
      'chart: ./deploy//chart/\r',
      'services:\r',
      '  base: &base {command: [node, "a b.js"], env: {NUMBER: 1.10, HEX: 0x10, YES: true, EMPTY: "", TEXT: no}}\r',
      '  second: {<<: *base, replicas: 2, port: 80, routes: [/x/]}\r',
      '  third: {command: "sh -c \'echo a && echo b\'"}\r',
      '',
    ].join('\n'),
    'coppice.yaml',
  );
  expect(file.chart).toBe('deploy/chart');
  expect(file.services[0]).toMatchObject({ command: ['node', 'a b.js'], mount: true, replicas: 1 });
  expect(file.services[0]?.env).toEqual({ NUMBER: '1.10', HEX: '0x10', YES: 'true', EMPTY: '', TEXT: 'no' });
  expect(file.services[1]).toMatchObject({ command: ['node', 'a b.js'], replicas: 2, routes: ['/x'] });
  expect(file.services[1]?.env['NUMBER']).toBe('1.10');
  expect(file.services[2]?.command).toEqual(['sh', '-c', 'echo a && echo b']);
});

describe('an error names its place, what was expected and what was found', () => {
  const cases: [name: string, text: string, ...expected: string[]][] = [
    [
      'a word as a port',
      service('image: x\nport: abc'),
      '5:11: services.web.port must be a number from 1 to 65535, found "abc"',
    ],
    [
      'a port too large',
      service('image: x\nport: 65536'),
      '5:11: services.web.port must be a number from 1 to 65535, found 65536',
    ],
    [
      'a broken port',
      service('image: x\nport: 1.5'),
      '5:11: services.web.port must be a number from 1 to 65535, found 1.5',
    ],
    ['an unknown key', service('image: x\nprot: 80'), '5:5: services.web has no key "prot": did you mean "port"?'],
    [
      'a key far from all',
      'version: 1\nservices: {a: {image: x}}\nkubernetes: {}',
      '3:1: the file has no key "kubernetes": expected one of version, services, database, chart, copy, patch, teardown, setup, uses, temporal, dependencies',
    ],
    [
      'a folder outside',
      service('command: x\nfolder: ../other'),
      '5:13: services.web.folder must be a folder inside the repository, relative to this file, found "../other"',
    ],
    [
      'a folder that is absolute',
      service('command: x\nfolder: /etc'),
      '5:13: services.web.folder must be a folder inside the repository, relative to this file, found "/etc"',
    ],
    ['no version', 'services: {a: {image: x}}', '1:1: version is missing'],
    ['another version', 'version: 2\nservices: {a: {image: x}}', '1:10: version must be 1, found 2'],
    ['no services', 'version: 1\nservices: {}', '2:11: services is empty; expected at least one'],
    ['a service of nothing', 'version: 1\nservices:\n  web:\n', '3:3: services.web must be a mapping, found nothing'],
    ['nothing to run', service('replicas: 1'), '3:3: services.web needs at least one of image, build and command'],
    [
      'routes without a port',
      service('image: x\nroutes: [/]'),
      '5:5: services.web has routes and therefore needs a port',
    ],
    [
      'health without a port',
      service('image: x\nhealth: /'),
      '5:5: services.web has health and therefore needs a port',
    ],
    [
      'a relative route',
      service('image: x\nport: 1\nroutes: [api]'),
      '6:14: services.web.routes[0] must be a URL path that starts with /, without query and without empty parts, found "api"',
    ],
    [
      'a route that climbs',
      service('image: x\nport: 1\nroutes: [/a/../b]'),
      '6:14: services.web.routes[0] must have no "." and no ".." in it',
    ],
    [
      'a route twice',
      'version: 1\nservices:\n  a: {image: x, port: 1, routes: [/, /api]}\n  b: {image: x, port: 2, routes: [/api/]}\n',
      '4:35: services.b.routes[0] "/api/" is already a route of a',
    ],
    [
      'an env file outside',
      service('image: x\nenvFile: [.env, ../.env]'),
      '5:21: services.web.envFile[1] must be a file inside the repository, relative to this file, found "../.env"',
    ],
    [
      'a host that another service has',
      'version: 1\nservices:\n  a: {image: x, port: 1, host: admin}\n  b: {image: x, port: 2, host: admin}\n  c: {image: x, port: 3, host: admin, routes: [/c]}\n',
      '4:32: services.b.host "/" is already a route of the host "admin" of a',
    ],
    [
      'a route twice on one host, which another host has too',
      'version: 1\nservices:\n  a: {image: x, port: 1, host: h, routes: [/x]}\n  b: {image: x, port: 2, host: h, routes: [/x/]}\n  c: {image: x, port: 3, routes: [/x]}\n',
      '4:44: services.b.routes[0] "/x/" is already a route of the host "h" of a',
    ],
    ['a host without a port', service('image: x\nhost: a'), '5:5: services.web has host and therefore needs a port'],
    [
      'a host of two labels',
      service('image: x\nport: 1\nhost: a.b'),
      '6:11: services.web.host must be one label of a host: lower-case letters, digits and -, first and last no -, found "a.b"',
    ],
    [
      'a prefix of no route',
      service('image: x\nport: 1\nstripPrefix: true'),
      '6:18: services.web.stripPrefix takes the path of a route away, and there are no routes',
    ],
    [
      'a host of its own without routes, of which a path is to be taken away',
      service('image: x\nport: 1\nhost: web\nstripPrefix: true'),
      '7:18: services.web.stripPrefix takes the path of a route away, and there are no routes',
    ],
    [
      'a service that is no label',
      'version: 1\nservices: {Web_1: {image: x}}',
      '2:12: services: "Web_1" must be a DNS label: lower-case letters, digits and -, first a letter, last no -, at most 40 characters',
    ],
    [
      'a reserved variable',
      service('image: x\nenv: {PORT: 1}'),
      '5:11: services.web.env.PORT cannot be set here: Coppice sets PORT in every environment',
    ],
    [
      'a variable that is one a service',
      service('image: x\nenv: {COPPICE_URL_WEB: x}'),
      '5:11: services.web.env.COPPICE_URL_WEB cannot be set here: Coppice sets COPPICE_URL_WEB in every environment',
    ],
    [
      'a bad variable',
      service('image: x\nenv: {1A: 1}'),
      '5:11: services.web.env: "1A" must be a variable name: letters, digits and _, first no digit',
    ],
    [
      'a variable of nothing',
      service('image: x\nenv:\n  A:'),
      '6:7: services.web.env.A must be text, a number or true or false, found nothing',
    ],
    [
      '__proto__ as a variable',
      service('image: x\nenv: {__proto__: 1}'),
      '5:22: services.web.env.__proto__ is not allowed as a name',
    ],
    [
      '__proto__ as a key',
      service('image: x\n__proto__: {port: 1}'),
      /* */ '5:5: services.web has no key "__proto__": expected one of ' +
        Object.keys(schema.definitions.service.properties).join(', '),
    ],
    [
      'a shell operator',
      service('command: "npm i && npm start"'),
      '4:14: services.web.command has "&&", which only a shell understands, and none is started; write ["sh", "-c", "…"] if you want one',
    ],
    ['an open quote', service('command: "echo it\'s"'), '4:14: services.web.command has a quote that is not closed'],
    [
      'a variable before the command',
      service('command: A=1 node x'),
      '4:14: services.web.command starts with a variable (A=1); variables belong under env, no shell reads the command',
    ],
    [
      'an empty command',
      service('command: []'),
      '4:14: services.web.command is an empty list; expected at least one entry',
    ],
    [
      'an absolute build',
      service('build: /etc'),
      '4:12: services.web.build must be a folder inside the repository, relative to this file, found "/etc"',
    ],
    ['a build without a context', service('build: {target: dev}'), '4:5: services.web.build.context is missing'],
    [
      'a build that is a list',
      service('build: [backend]'),
      '4:12: services.web.build must be text or a mapping, found a list',
    ],
    [
      'a key that a build does not have',
      service('build: {context: ., dockerFile: x}'),
      '4:25: services.web.build has no key "dockerFile": did you mean "dockerfile"?',
    ],
    [
      'a Dockerfile outside of the context',
      service('build:\n  context: .\n  dockerfile: ../x'),
      '6:19: services.web.build.dockerfile must be a file inside the context, found "../x"',
    ],
    [
      'a stage that is none',
      service('build: {context: ., target: "--push"}'),
      '4:33: services.web.build.target must be a stage of the Dockerfile: letters, digits, _, . and -, first a letter or a digit, found "--push"',
    ],
    [
      'a build argument of nothing',
      service('build: {context: ., args: {A: }}'),
      '4:32: services.web.build.args.A must be text, a number or true or false, found nothing',
    ],
    [
      'a Windows build',
      service('build: "C:/x"'),
      '4:12: services.web.build must be a folder inside the repository, relative to this file, found "C:/x"',
    ],
    [
      'a climbing chart',
      'version: 1\nservices: {a: {image: x}}\nchart: a/../../b',
      '3:8: chart must be a folder inside the repository, relative to this file, found "a/../../b"',
    ],
    [
      'a template that is no identifier',
      'version: 1\nservices: {a: {image: x}}\ndatabase: {template: "x\\"; DROP"}',
      '3:22: database.template must be a database name: lower-case letters, digits and _, first no digit, at most 63 characters, found "x\\"; DROP"',
    ],
    [
      'a template of the server itself',
      'version: 1\nservices: {a: {image: x}}\ndatabase: {template: template1}',
      '3:22: database.template must not be "template1": PostgreSQL or Coppice itself uses such names',
    ],
    ['no template', 'version: 1\nservices: {a: {image: x}}\ndatabase: {}', '3:1: database.template is missing'],
    [
      'an option as an image',
      service('image: --privileged'),
      '4:12: services.web.image must be an image reference such as node:24, found "--privileged"',
    ],
    ['a duplicate key', 'version: 1\nversion: 1\nservices: {a: {image: x}}', '2:1: the key "version" is written twice'],
    ['a tab', 'version: 1\nservices:\n\tweb: {image: x}', '3:1: a tab cannot indent in YAML: use spaces'],
    ['nothing at all', '', '1:1: the file is empty; expected "version: 1" and "services:"'],
    ['only a comment', '# hello\n', '1:1: the file is empty; expected "version: 1" and "services:"'],
    ['a list', '- 1', '1:1: the file is no mapping; expected "version: 1" and "services:"'],
    ['text', 'hello', '1:1: the file is no mapping; expected "version: 1" and "services:"'],
    ['two documents', `${sample}---\n${sample}`, '7:1: a second document starts here; the file is one document'],
    [
      'a NUL byte',
      'version: 1\nserv\0ices: {}',
      '2:5: a control character (code 0) stands in the text; YAML allows none',
    ],
    ['an escaped NUL', service('command: ["a\\0b"]'), '4:15: services.web.command.0 contains a NUL character'],
    ['an alias of nothing', 'version: *one', '1:10: there is no anchor &one before the alias *one'],
    ['a cycle', 'services: &a {x: *a}', '1:18: the anchor &a contains itself'],
    ['a cycle by merging', 'services: &a\n  <<: *a', '2:3: the anchor &a contains itself'],
    ['a tag', 'version: !!js/function "x"', '1:10: no valid YAML: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['a mapping as a key', '{a: 1}: 2', '1:1: a key must be text'],
  ];
  test.each(cases)('%s', (_name, text, ...expected) => {
    expect(shown(text)).toEqual(expected);
    // The library's message for CRLF is at the same place.
    expect(shown(text.replaceAll('\n', '\r\n'))).toEqual(expected);
  });
});

test('all problems are told at once, in the order of the text', () => {
  const text = 'version: 1\nservices:\n  web: {image: x, port: 0, prot: 1}\n  B: {}\ndatabase: {template: 1}\n';
  expect(shown(text).map((line) => line.split(' ')[0])).toEqual(['3:25:', '3:28:', '4:3:', '4:3:', '5:22:']);
  try {
    files.parse(text, 'main:coppice.yaml');
    expect.unreachable();
  } catch (error) {
    expect(isAppError(error, 'invalidInput')).toBe(true);
    if (!isAppError(error)) return;
    expect(error.message).toBe(
      'main:coppice.yaml:3:25: services.web.port must be a number from 1 to 65535, found 0 (and 4 more)',
    );
    expect(error.explanation?.split('\n')).toHaveLength(5);
  }
});

test('every variable that Coppice sets is refused', () => {
  expect(reservedVariables).toEqual(
    expect.arrayContaining([
      ...[
        'WORKTREE_NAME',
        'WORKTREE_BRANCH',
        'DATABASE_URL',
        'PORT',
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        'OTEL_SERVICE_NAME',
      ],
      ...['OTEL_RESOURCE_ATTRIBUTES', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'METRICS_PORT'],
    ]),
  );
  expect(schema.definitions.service.properties.env.propertyNames.not.enum).toEqual(reservedVariables);
  for (const name of reservedVariables) {
    expect(shown(service(`image: x\nenv: {${name}: x}`)).join()).toContain(`Coppice sets ${name}`);
  }
});

describe('hostile texts end in one clear line, at once', () => {
  const laughs = `a: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &a${i + 1} [${`*a${i},`.repeat(9)}]\n`).join('')}`;
  const full = 32 * 1024;
  const cases: [name: string, text: string, expected: RegExp][] = [
    ['billion laughs', laughs, /more than 5000 values|nested deeper/],
    ['10 MB', `version: 1\n# ${'x'.repeat(10 * 1024 * 1024)}`, /has \d+ characters; at most 32768 are read/],
    ['deep flow lists', '['.repeat(full), /nested too deeply|no valid YAML/],
    ['deep flow mappings', '{a: '.repeat(full / 4), /nested too deeply|no valid YAML/],
    ['deep block lists', `${'- '.repeat(full / 2)}`, /nested/],
    ['many keys', Array.from({ length: 4000 }, (_, i) => `a${i}:`).join('\n'), /has no key/],
    ['many equal keys', 'a:\n'.repeat(full / 3), /written twice|more than 5000/],
    ['many aliases', `a: &a x\nb: [${'*a,'.repeat(10_000)}]`, /more than 5000 values/],
    ['many merges', `a: &a {x: 1}\nb:\n${'  <<: *a\n'.repeat(3000)}`, /has no key|more than 5000/],
    ['many documents', '---\n'.repeat(full / 4), /second document/],
    ['many errors', '@\n'.repeat(full / 2), /no valid YAML/],
    ['a long quoted command', service(`command: "${"'a".repeat(2000 - 1)}"`), /quote that is not closed/],
    ['a long route', service(`image: x\nport: 1\nroutes: ["/${'a'.repeat(30_000)}%"]`), /too long|must be a URL path/],
    ['a long image', service(`image: "${'a/'.repeat(15_000)} "`), /too long|must be an image/],
  ];
  test.each(cases)('%s', (_name, text, expected) => {
    // Of the processor, not of the clock: other tests run beside this one.
    const start = process.cpuUsage();
    const problems = files.check(text);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(100);
    expect(problems.map(({ message }) => message).join('\n')).toMatch(expected);
    for (const { message } of problems) {
      expect(message).not.toContain('\n');
      expect(message.length).toBeLessThan(500);
    }
  });
});

test('nearest: swaps and single letters, nothing far away', () => {
  expect(nearest('prot', ['port', 'routes'])).toBe('port');
  expect(nearest('Commnad', ['command', 'image'])).toBe('command');
  expect(nearest('image', ['port'])).toBeUndefined();
  expect(nearest('x', ['port', 'env'])).toBeUndefined();
});
