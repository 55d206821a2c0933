import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CliOptions, CliResult, CliWorld } from './cliWorld';

type Services = Readonly<Record<string, object>>;

/** A worktree that is to be broken. */
export interface BrokenPlace {
  readonly name: string;
  readonly folder: string;
  /** Of the cluster, and of all that is Coppice's. */
  readonly home: string;
  /** Where it is not said otherwise, within the worktree. */
  readonly cli: (args: readonly string[], options?: CliOptions) => Promise<CliResult>;
}

export interface Broken {
  readonly kind: string;
  /** Where it is not `web`; null: the environment as a whole. */
  readonly service?: string | null;
  /** What its sentence says. */
  readonly what: RegExp;
  /** @param taken a port that somebody else has */
  readonly services: (place: BrokenPlace, taken: number) => Services | Promise<Services>;
  /** Of the environment file besides. */
  readonly more?: object;
  readonly files?: Readonly<Record<string, string>>;
  /** Done once it is made. */
  readonly then?: (place: BrokenPlace) => Promise<unknown>;
}

export const placeOf = (world: CliWorld, folder = world.repository, name = 'main'): BrokenPlace => ({
  ...{ name, folder, home: world.home },
  cli: (args, options) => world.cli(args, { cwd: folder, ...options }),
});

const pg = createRequire(import.meta.url).resolve('pg');

/** A program of one line. */
const node = (code: string, more: object = {}): object => ({ command: ['node', '-e', code], ...more });
const web =
  (code: string, more: object = {}) =>
  (): Services => ({ web: node(code, more) });
const serve = "require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.PORT, '127.0.0.1');";
const port = { port: 3000 };
/** A statement of its own database, whose failure ends it. */
const query = (sql: string, url = 'process.env.DATABASE_URL') =>
  `const c = new (require(${JSON.stringify(pg)}).Client)(${url}); c.connect().then(() => c.query(${JSON.stringify(sql)}));`;
export const database = { database: { template: 'why' } };
export const well = (): Services => ({ web: node(serve, port) });
const coppice =
  (...args: string[]) =>
  async (place: BrokenPlace) => {
    const { code, stderr } = await place.cli(args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  };

export const brokenEnvironments: Readonly<Record<string, Broken>> = {
  'a port that somebody has': {
    ...{ kind: 'portInUse', what: /port \d+, which is in use/ },
    services: (_, taken) => ({ web: node(`require('node:http').createServer().listen(${taken}, '127.0.0.1')`, port) }),
  },
  'PORT ignored': {
    ...{ kind: 'listensElsewhere', what: /listens elsewhere/ },
    services: web("[0, 0].map((p) => require('node:net').createServer().listen(p, '127.0.0.1'))", port),
  },
  'nothing that listens': {
    ...{ kind: 'nothingListens', what: /listens at no port/ },
    services: web('setInterval(() => undefined, 60_000)', port),
  },
  'an error as it starts': {
    ...{ kind: 'crash', what: /Error: the queue is of another version/ },
    services: web("throw new Error('the queue is of another version')"),
  },
  'an error of a value that nobody has': {
    ...{ kind: 'crash', what: /TypeError: Cannot read properties of undefined/ },
    services: web('undefined.x'),
  },
  'a variable that is not set': {
    ...{ kind: 'variableMissing', what: /lacks the variable STRIPE_KEY/ },
    services: web("if (!process.env.STRIPE_KEY) throw new Error('Missing required environment variable: STRIPE_KEY')"),
  },
  'a variable that a shell misses': {
    ...{ kind: 'variableMissing', what: /lacks the variable API_KEY/ },
    services: () => ({ web: { command: ['sh', '-u', '-c', 'echo $API_KEY'] } }),
  },
  'an address that is none': {
    ...{ kind: 'invalidAddress', what: /address that is none/ },
    services: web("new URL(process.env.BACKEND ?? '')"),
  },
  'no node_modules': {
    ...{ kind: 'dependenciesMissing', what: /dependencies are not installed/ },
    files: {
      'api/package.json': '{"dependencies": {"no-such-package-here": "1"}}',
      'api/it.cjs': "require('no-such-package-here')",
    },
    services: () => ({ web: { command: ['node', 'it.cjs'], folder: 'api' } }),
  },
  'a module that was not committed': {
    ...{ kind: 'moduleMissing', what: /module \.\/generated/ },
    services: web("require('./generated')"),
  },
  'a program that is not installed': {
    ...{ kind: 'commandMissing', what: /no-such-server/ },
    files: { 'bare/package.json': '{}' },
    services: () => ({ web: { command: ['no-such-server', '--port', '1'], folder: 'bare' } }),
  },
  'a program that a shell does not find': {
    ...{ kind: 'commandMissing', what: /no-such-tool/ },
    files: { 'bare/package.json': '{}' },
    services: () => ({ web: { command: ['sh', '-c', 'no-such-tool serve'], folder: 'bare' } }),
  },
  'a program that may not be executed': {
    ...{ kind: 'permission', what: /not permitted/ },
    files: { 'serve.sh': '#!/bin/sh\nexit 0\n' },
    services: async ({ folder }) => {
      await chmod(join(folder, 'serve.sh'), 0o644);
      return { web: { command: ['./serve.sh'] } };
    },
  },
  'a file that git ignores': {
    ...{ kind: 'fileMissing', what: /file config\.json/ },
    services: web("require('node:fs').readFileSync('config.json')"),
  },
  'a folder that is gone': {
    ...{ kind: 'folderMissing', what: /folder that there is not/ },
    files: { 'gone/it.cjs': 'setInterval(() => undefined, 60_000)' },
    services: () => ({ web: { command: ['node', 'it.cjs'], folder: 'gone' } }),
    then: async ({ folder, cli }) => {
      await rm(join(folder, 'gone'), { recursive: true });
      await cli(['restart', 'web']);
    },
  },
  'code that cannot be read': {
    ...{ kind: 'syntax', what: /cannot be read/ },
    files: { 'broken.cjs': 'const = 1;\n' },
    services: () => ({ web: { command: ['node', 'broken.cjs'] } }),
  },
  'another version of Node.js': {
    ...{ kind: 'runtimeVersion', what: /another version/ },
    services: web(
      "if (parseInt(process.versions.node) < 99) throw new Error('This application requires Node.js >= 99.0.0')",
    ),
  },
  'memory that runs out': {
    ...{ kind: 'outOfMemory', what: /out of memory/ },
    services: () => ({
      web: { command: ['node', '--max-old-space-size=8', '-e', 'const a = []; for (;;) a.push({ a: [a.length] })'] },
    }),
  },
  'somebody who ends it': {
    ...{ kind: 'killed', what: /SIGKILL/ },
    services: web("process.kill(process.pid, 'SIGKILL')"),
  },
  'a full disk': {
    ...{ kind: 'diskFull', what: /no room left on the disk/ },
    services: web("require('node:fs').writeFileSync('/dev/full', 'x')"),
  },
  'too many open files': {
    ...{ kind: 'tooManyFiles', what: /too many files open/ },
    services: () => ({
      web: { command: ['sh', '-c', `ulimit -n 64; exec node -e 'for (;;) require("node:fs").openSync("/dev/null")'`] },
    }),
  },
  'work that is done': {
    ...{ kind: 'endedByItself', what: /ends by itself/ },
    services: web("console.log('all done')"),
  },
  'a watcher whose input is closed': {
    ...{ kind: 'inputClosed', what: /input is closed/ },
    files: { 'in.js': 'x\n' },
    services: () => ({ web: { command: ['esbuild', 'in.js', '--watch', '--outfile=bundle.out.js'] } }),
  },
  'a health check that fails': {
    ...{ kind: 'probeFails', what: /health check fails/ },
    services: web(serve.replace('a.end', '(a.statusCode = 500, a).end'), {
      ...port,
      health: '/healthz',
    }),
  },
  'a health check that fails for a reason which the log tells': {
    ...{ kind: 'unreachable', what: /does not reach .*127\.0\.0\.1:9/ },
    services: web(
      `require('node:http').createServer((q, a) => fetch('http://127.0.0.1:9').catch((e) => { console.error(e); a.statusCode = 503; a.end(); })).listen(process.env.PORT, '127.0.0.1')`.replace(
        "fetch('http://127.0.0.1:9')",
        "new Promise((_, no) => require('node:net').connect(9, '127.0.0.1').once('error', no))",
      ),
      { ...port, health: '/healthz' },
    ),
  },
  'a job that fails': {
    ...{ kind: 'jobFailed', service: 'seed', what: /The job seed failed: Error: no rows to seed/ },
    services: () => ({
      seed: node("throw new Error('no rows to seed')", { once: true }),
      web: node(serve, { ...port, dependsOn: ['seed'] }),
    }),
  },
  'what it waits for': {
    ...{ kind: 'crash', service: 'queue', what: /^queue .*Error: no broker/ },
    services: () => ({
      web: node(serve, { ...port, dependsOn: ['queue'] }),
      queue: node("throw new Error('no broker')", port),
    }),
  },
  'nobody at an address': {
    ...{ kind: 'unreachable', what: /127\.0\.0\.1:9/ },
    services: web("require('node:net').connect(9, '127.0.0.1')"),
  },
  'a host that nobody knows': {
    ...{ kind: 'nameUnknown', what: /host that nobody knows: cache\.invalid/ },
    services: web("require('node:net').connect(6379, 'cache.invalid')"),
  },
  'a certificate of an authority that it does not know': {
    ...{ kind: 'certificate', what: /certificate/ },
    services: async ({ home }) => {
      const { server } = JSON.parse(await readFile(join(home, 'cluster', 'cluster.json'), 'utf8')) as {
        server: string;
      };
      return { web: node(`require('node:https').get(${JSON.stringify(server)})`) };
    },
  },
  'a table that there is not': {
    ...{ kind: 'tableMissing', what: /"orders"/ },
    services: web(query('SELECT * FROM orders')),
  },
  'another database than its own': {
    ...{ kind: 'databaseMissing', what: /"app_development"/ },
    services: web(query('SELECT 1', "process.env.DATABASE_URL.replace(/[^/]*$/, 'app_development')")),
  },
  'another password than its own': {
    ...{ kind: 'databaseRefused', what: /not let in/ },
    services: web(query('SELECT 1', "process.env.DATABASE_URL.replace(/:[^:@]*@/, ':postgres@')")),
  },
  'a database that is asked for TLS': {
    ...{ kind: 'databaseRefused', what: /for TLS/ },
    services: web(query('SELECT 1', '{ connectionString: process.env.DATABASE_URL, ssl: true }')),
  },
  'an extension that the server does not have': {
    ...{ kind: 'tableMissing', what: /extension "no_such_extension"/ },
    services: web(query('CREATE EXTENSION no_such_extension')),
  },
  'a column that there is not': {
    ...{ kind: 'tableMissing', what: /"no_such_column"/ },
    services: web(query('SELECT no_such_column FROM pg_class')),
  },
  'an address of another machine to listen at': {
    ...{ kind: 'invalidAddress', what: /address that this machine does not have: 192\.0\.2\.1/ },
    services: web("require('node:net').createServer().listen(process.env.PORT, '192.0.2.1')", port),
  },
  'an https: address of somebody who speaks plain HTTP': {
    ...{ kind: 'invalidAddress', what: /speaks TLS to somebody who does not/ },
    services: web(`require('node:http').createServer((q, a) => a.end()).listen(0, '127.0.0.1', function () {
      require('node:https').get({ port: this.address().port, host: '127.0.0.1' });
    })`),
  },
  'a hash that only older versions have': {
    ...{ kind: 'runtimeVersion', what: /another version/ },
    services: web("require('node:crypto').createHash('md4')"),
  },
  'an option that only other versions have': {
    ...{ kind: 'runtimeVersion', what: /another version/ },
    services: () => ({ web: { command: ['node', '--no-such-option', '-e', '0'] } }),
  },
  'a configuration that is no JSON': {
    ...{ kind: 'syntax', what: /reads as JSON what is none/ },
    files: { 'config.json': '{"a": }' },
    services: web("JSON.parse(require('node:fs').readFileSync('config.json', 'utf8'))"),
  },
  'a client that nobody has generated': {
    ...{ kind: 'moduleMissing', what: /that Prisma generates/ },
    services: web(
      `throw new Error('@prisma/client did not initialize yet. Please run "prisma generate" and try to import it again.')`,
    ),
  },
  'a health check that asks for a login': {
    ...{ kind: 'probeFails', what: /401/ },
    services: web(serve.replace('a.end', '(a.statusCode = 401, a).end'), { ...port, health: '/healthz' }),
  },
  'native code that breaks down': {
    ...{ kind: 'killed', what: /SIGSEGV/ },
    services: web("process.kill(process.pid, 'SIGSEGV')"),
  },
  'two sessions that wait for each other': {
    ...{ kind: 'databaseLock', what: /lock/ },
    services: web(`const { Client } = require(${JSON.stringify(pg)});
      const of = async () => { const c = new Client(process.env.DATABASE_URL); await c.connect(); await c.query('BEGIN'); return c; };
      (async () => {
        const [a, b] = [await of(), await of()];
        const lock = (c, n) => c.query('SELECT pg_advisory_xact_lock(' + n + ')');
        await lock(a, 1); await lock(b, 2);
        await Promise.all([lock(a, 2), lock(b, 1)]);
      })();`),
  },
  'a setup command that failed': {
    ...{ kind: 'setupUnfinished', service: null, what: /1 setup command of 1/ },
    files: { 'setup.cjs': "if (!require('node:fs').existsSync('ready')) process.exit(1);", ready: '' },
    more: { setup: ['node setup.cjs'] },
    services: web(
      "if (!require('node:fs').existsSync('ready')) throw new Error('nothing is generated'); setInterval(() => 0, 60_000)",
    ),
    then: async ({ folder, cli }) => {
      await rm(join(folder, 'ready'));
      expect((await cli(['setup', '--force', '--yes'])).code).toBe(1);
      await cli(['restart', 'web']);
    },
  },
  'a file that cannot be read': {
    ...{ kind: 'environmentFile', service: null, what: /coppice\.yaml cannot be read/ },
    services: well,
    then: ({ folder }) => writeFile(join(folder, 'coppice.yaml'), 'version: 1\nservices: {web: {comand: x}}\n'),
  },
  'a sleep': { kind: 'asleep', service: null, what: /asleep/, services: well, then: coppice('sleep') },
  'no replicas': {
    kind: 'stopped',
    service: null,
    what: /0 replicas/,
    services: well,
    then: coppice('scale', 'web', '0'),
  },
};
