import { describe, expect, it } from 'vitest';
import type { CauseKind } from '../../../../src/core/diagnosis/cause';
import { furtherRules } from '../../../../src/core/diagnosis/furtherRules';
import { hintRules } from '../../../../src/core/diagnosis/hintRules';
import { reasonRules, generalRules } from '../../../../src/core/diagnosis/reasonRules';
import { serviceCause } from '../../../../src/core/diagnosis/serviceCause';
import type { ServiceStatus } from '../../../../src/core/model';

function status(state: string, reason?: string, change: Partial<ServiceStatus> = {}): ServiceStatus {
  const counts = { ready: 0, desired: 1, restarts: 2, pods: ['web-1'], urls: [] };
  return { name: 'web', health: 'degraded', state, reason, ...counts, ...change };
}

const nothing = { previous: [], current: [] };
const cause = (state: string, reason?: string, lines: readonly string[] = []) =>
  serviceCause(status(state, reason), { previous: lines, current: [] }, false);

/** What real clusters and programs say, and the embedded cluster cannot be brought to. */
const said: readonly (readonly [CauseKind, string, string])[] = [
  ['outOfMemory', 'OOMKilled', 'OOMKilled'],
  ['outOfMemory', 'CrashLoopBackOff', 'OOMKilled: listening'],
  [
    'quota',
    'Pending',
    'exceeded quota: worktree, requested: pods=1, used: pods=8, limited: pods=8 (coppice.quota.pods)',
  ],
  ['imageMissing', 'ImagePullBackOff', 'Failed to pull image "shop/web:1": not found'],
  ['imageMissing', 'Init:ErrImagePull', 'init container seed: not found'],
  ['configurationMissing', 'CreateContainerConfigError', 'secret "web-env" not found'],
  ['evicted', 'Evicted', 'The node was low on resource: ephemeral-storage.'],
  ['unschedulable', 'Pending', '0/1 nodes are available: 1 Insufficient cpu.'],
  [
    'watchLimit',
    'CrashLoopBackOff',
    "exit code 1: Error: ENOSPC: System limit for number of file watchers reached, watch '/x'",
  ],
  [
    'dependenciesMissing',
    'CrashLoopBackOff',
    'exit code 1: Error: Could not locate the bindings file. Tried: node_modules/better-sqlite3/build/better_sqlite3.node',
  ],
  ['watchLimit', 'CrashLoopBackOff', "exit code 1: Error: EMFILE: too many open files, watch '/x'"],
  ['certificate', 'CrashLoopBackOff', 'exit code 1: Error: certificate has expired'],
  ['databaseUnreachable', 'CrashLoopBackOff', 'exit code 1: Error: connect ECONNREFUSED 127.0.0.1:5432'],
  // PostgreSQL 18, Zero and Debezium.
  ['databaseRefused', 'CrashLoopBackOff', 'exit code 1: ERROR: logical decoding requires "wal_level" >= "logical"'],
  ['databaseRefused', 'CrashLoopBackOff', 'exit code 1: FATAL: permission denied to start WAL sender'],
  [
    'databaseRefused',
    'CrashLoopBackOff',
    'exit code 255: Error: Postgres must be configured with "wal_level = logical" (currently: "replica")',
  ],
  [
    'databaseRefused',
    'CrashLoopBackOff',
    "exit code 1: Postgres server wal_level property must be 'logical' but is: 'replica'",
  ],
  ['runtimeVersion', 'CrashLoopBackOff', 'exit code 1: npm error code EBADENGINE'],
  ['variableMissing', 'CrashLoopBackOff', "exit code 1: KeyError: 'SECRET_KEY'"],
  ['moduleMissing', 'CrashLoopBackOff', "exit code 1: ModuleNotFoundError: No module named 'flask'"],
  ['tableMissing', 'CrashLoopBackOff', 'exit code 1: The table `public.User` does not exist in the current database.'],
  ['tableMissing', 'CrashLoopBackOff', 'exit code 1: the database schema is not up to date: current=v0 expected=v132'],
  [
    'tableMissing',
    'CrashLoopBackOff',
    'exit code 1: Migrations are pending. To resolve this issue, run: bin/rails db:migrate',
  ],
  ['databaseRefused', 'CrashLoopBackOff', 'exit code 1: error: sorry, too many clients already'],
  [
    'databaseRefused',
    'CrashLoopBackOff',
    "exit code 1: Access denied for user 'app'@'localhost' (using password: YES)",
  ],
  ['databaseUnreachable', 'CrashLoopBackOff', 'exit code 1: error: the database system is starting up'],
  ['tableMissing', 'CrashLoopBackOff', 'exit code 1: ERROR:  type "geometry" does not exist'],
  [
    'fileMissing',
    'CrashLoopBackOff',
    "exit code 1: Error: Could not find a production build in the '.next' directory. Try building your app with 'next build'.",
  ],
  ['dependenciesMissing', 'CrashLoopBackOff', 'exit code 7: Could not find rails-7.1.0 (Bundler::GemNotFound)'],
  [
    'dependenciesMissing',
    'CrashLoopBackOff',
    "exit code 255: PHP Fatal error: Uncaught Error: Failed opening required '/x/vendor/autoload.php'",
  ],
  ['otherPlatform', 'CrashLoopBackOff', 'exec ./server: exec format error'],
  [
    'invalidAddress',
    'CrashLoopBackOff',
    'exit code 1: write EPROTO 1:error:0A00010B:SSL routines::wrong version number',
  ],
  [
    'variableMissing',
    'CrashLoopBackOff',
    'exit code 1: ImproperlyConfigured: The SECRET_KEY setting must not be empty.',
  ],
  ['dependencyDown', 'Waiting', 'waits for queue, which fails'],
  ['starting', 'Waiting', 'waits for queue to be healthy'],
  ['portInUse', 'CrashLoopBackOff', 'exit code 1: OSError: [Errno 98] Address already in use'],
  ['troubled', 'NodeLost', ''],
];

describe('why a service is in trouble', () => {
  it.each(said)('is %s, where it is %s: %s', (kind, state, reason) => {
    const found = cause(state, reason || undefined);
    expect(found).toMatchObject({ kind, service: 'web' });
    expect(found.evidence[0]).toContain(reason || state);
    expect(found.todo).not.toBe('');
  });

  it('is what its output tells where the cluster says only how it ended', () => {
    const found = cause('CrashLoopBackOff', 'exit code 1', [
      'starting',
      'Error: connect ECONNREFUSED 10.0.0.9:6379',
      'bye',
    ]);
    expect(found).toMatchObject({ kind: 'unreachable', what: 'web does not reach what it needs at 10.0.0.9:6379.' });
  });

  it('is not what it printed before it went on', () => {
    expect(
      cause('Running', 'listens on 5173, not on its PORT 4000', ['Error: connect ECONNREFUSED 10.0.0.9:6379']).kind,
    ).toBe('listensElsewhere');
  });

  // Words that several troubles share.
  it.each([
    [
      'unreachable',
      'Error: connect EADDRNOTAVAIL 127.0.0.1:5432 - Local (0.0.0.0:0)',
      'does not reach 127.0.0.1:5432:',
    ],
    [
      'unreachable',
      'redis.exceptions.ConnectionError: Error 99 connecting to localhost:6379. Cannot assign requested address.',
      'does not reach localhost:6379:',
    ],
    [
      'unreachable',
      'dial tcp 127.0.0.1:6379: connect: cannot assign requested address',
      'does not reach 127.0.0.1:6379:',
    ],
    ['unreachable', 'java.net.BindException: Cannot assign requested address: connect', 'does not reach what it needs'],
    ['invalidAddress', 'Error: listen EADDRNOTAVAIL: address not available fe80::1', 'does not have: fe80::1'],
    ['invalidAddress', 'listen tcp 192.0.2.1:80: bind: cannot assign requested address', 'does not have'],
    ['invalidAddress', 'OSError: [Errno 99] Cannot assign requested address', 'wants an address'],
    ['crash', 'Error: write EPROTO 1:error:0A000410:SSL routines::sslv3 alert handshake failure', 'handshake failure'],
    ['invalidAddress', 'http: server gave HTTP response to HTTPS client', 'speaks TLS'],
    ['crash', "#3 /x/artisan(9): require('/x/vendor/autoload.php')", 'artisan'],
    [
      'dependenciesMissing',
      'PHP Warning: require(/x/vendor/autoload.php): Failed to open stream: No such file or directory in /x/artisan',
      'not installed',
    ],
    [
      'runtimeVersion',
      'PHP Fatal error: Composer detected issues in your platform: Your Composer dependencies require a PHP version ">= 9.0.0".',
      'another version',
    ],
    ['syntax', 'SyntaxError: Unexpected end of JSON input', 'reads as JSON what is none'],
    ['syntax', "SyntaxError: Unexpected token 'export'", 'code that cannot be read'],
    ['crash', 'Error: Content type "article" does not exist', 'article'],
    ['crash', 'Error: the cloud function hello(eu) does not exist', 'hello'],
    [
      'tableMissing',
      'PG::UndefinedFunction: ERROR:  function similarity(text, unknown) does not exist',
      '"similarity"',
    ],
    ['tableMissing', '(psycopg2.errors.UndefinedObject) type "vector" does not exist', '"vector"'],
    ['crash', 'Error: the browser extension "devtools" is not available', 'devtools'],
    ['runtimeVersion', '/usr/bin/node: bad option: --prot', 'an option that its Node.js does not know'],
    ['crash', 'redis-server: bad option: -p', 'bad option'],
    ['crash', "NameError: undefined local variable or method 'total' for main:Object", 'undefined local variable'],
    ['crash', 'PHP Warning: Undefined variable $USER in /x/index.php on line 3', 'Undefined variable'],
    ['variableMissing', 'Missing required variable: API_KEY', 'API_KEY'],
    ['variableMissing', 'Invalid environment variables: { API_KEY: ["Required"] }', 'API_KEY'],
    ['variableMissing', 'error: Environment variable not found: DATABASE_URL.', 'DATABASE_URL'],
    ['crash', 'Error: user: not found', 'user: not found'],
    ['crash', 'ERROR templates/user/index.html: not found', 'index.html'],
    ['commandMissing', 'sh: 1: vite: not found', 'there is not: vite.'],
    ['commandMissing', '/bin/sh: vite: not found', 'there is not: vite.'],
    ['commandMissing', './run.sh: line 3: vite: not found', 'there is not: vite.'],
    ['commandMissing', 'bash: line 1: vite: command not found', 'there is not: vite.'],
    ['commandMissing', 'zsh:1: command not found: vite', 'there is not: vite.'],
    ['commandMissing', 'bundler: command not found: puma', 'there is not: puma.'],
    ['commandMissing', '/usr/bin/env: ‘bun’: No such file or directory', 'there is not: bun.'],
    ['crash', 'no rows of postgresql://127.0.0.1/shop?connect_timeout=10', 'no rows'],
    ['databaseUnreachable', 'could not connect to server: timeout expired', 'does not reach its database'],
  ] as const)('is %s where it printed: %s', (kind, line, what) => {
    const found = cause('CrashLoopBackOff', 'exit code 1', [line]);
    expect(found).toMatchObject({ kind, what: expect.stringContaining(what) as unknown });
  });

  it('is no variable where code uses a name that it has not defined', () => {
    expect(cause('CrashLoopBackOff', 'exit code 1: ReferenceError: CONFIG is not defined').kind).toBe('crash');
  });

  it.each([
    [
      'fileLock',
      'Running',
      'nothing listens on its PORT 1; it waits for the lock on /x/a.lock, which process 7 (python3) holds',
      '/x/a.lock, which process 7',
    ],
    [
      'nameUnknown',
      'Running',
      'nothing listens on its PORT 1; nobody here knows the host redis; its log says: waiting for redis:6379',
      ': redis.',
    ],
    [
      'probeFails',
      'Running',
      'Startup probe failed: HTTP probe failed with statuscode: 403; it answers: This host is not allowed.',
      '403 This host is not allowed.',
    ],
    [
      'probeFails',
      'Running',
      'Startup probe failed: Get "http://127.0.0.1:1/": EOF; it speaks TLS (HTTPS), and is asked in plain HTTP',
      'TLS',
    ],
    [
      'otherPlatform',
      'CrashLoopBackOff',
      'exit code 1: Error: /x/a.node: cannot open shared object file: No such file or directory (a.node was built for Linux arm64, and this machine is Linux x64)',
      'a.node was built for Linux arm64',
    ],
    ['otherPlatform', 'CrashLoopBackOff', 'exit code 1: Error: /x/a.node: invalid ELF header', '/x/a.node'],
    [
      'runtimeVersion',
      'CrashLoopBackOff',
      'exit code 1: NODE_MODULE_VERSION 93. This version of Node.js requires',
      'another version',
    ],
    [
      'fileMissing',
      'CrashLoopBackOff',
      'exit code 127: libpq.so.5: cannot open shared object file: No such file or directory',
      'library libpq.so.5',
    ],
    [
      'otherPlatform',
      'CrashLoopBackOff',
      'exit code 1: Error: x (my app/(old)/a.node was built for Linux (machine 99), and this machine is Linux x64)',
      'library: my app/(old)/a.node was built for Linux (machine 99)',
    ],
    [
      'lineEnds',
      'CrashLoopBackOff',
      'exec: "./my start.sh": no such file or directory (api/my start.sh has Windows line ends (CRLF))',
      'started: api/my start.sh has',
    ],
    [
      'commandMissing',
      'CrashLoopBackOff',
      'exec: "./my start.sh": no such file or directory (the first line of my start.sh names /no/py (3), which there is not)',
      'not: my start.sh names /no/py (3).',
    ],
    [
      'moduleMissing',
      'CrashLoopBackOff',
      'exit code 1: Error: x (the file is called app/(shop)/Page.ts, and letter case counts on this system)',
      'called app/(shop)/Page.ts,',
    ],
    [
      'certificate',
      'CrashLoopBackOff',
      'exit code 1: fetch failed (SSL_CERT_FILE names my certs (old)/ca.pem, which there is not)',
      'SSL_CERT_FILE names my certs (old)/ca.pem',
    ],
    [
      'lineEnds',
      'CrashLoopBackOff',
      'failed to start container: exec: "bin/a.sh": no such file or directory (bin/a.sh has Windows line ends (CRLF))',
      'bin/a.sh has Windows line ends',
    ],
    [
      'commandMissing',
      'CrashLoopBackOff',
      'exec: "a.py": no such file or directory (the first line of a.py names /no/python, which there is not)',
      'a.py names /no/python',
    ],
    [
      'moduleMissing',
      'CrashLoopBackOff',
      "exit code 1: Error: Cannot find module './Prices' (the file is called lib/prices.js, and letter case counts on this system)",
      'lib/prices.js',
    ],
    [
      'certificate',
      'CrashLoopBackOff',
      'exit code 1: fetch failed (NODE_EXTRA_CA_CERTS names ca.pem, which there is not)',
      'NODE_EXTRA_CA_CERTS names ca.pem',
    ],
    [
      'proxy',
      'CrashLoopBackOff',
      'exit code 1: connect ECONNREFUSED proxy:3128 (proxy:3128 is the proxy that HTTPS_PROXY names)',
      'proxy:3128',
    ],
    [
      'proxy',
      'CrashLoopBackOff',
      'exit code 1: OSError: Tunnel connection failed: 407 Proxy Authentication Required',
      'proxy',
    ],
  ] as const)('is %s by what its cluster has found out: %s %s', (kind, state, reason, what) => {
    expect(cause(state, reason)).toMatchObject({ kind, what: expect.stringContaining(what) as unknown });
  });

  it('names the job where it is one', () => {
    const found = serviceCause(status('Error', 'exit code 3: no rows'), nothing, true);
    expect(found).toMatchObject({ kind: 'jobFailed', what: 'The job web failed: exit code 3: no rows.' });
  });

  it('is told in a few lines, however long what it said is', () => {
    const found = cause('CrashLoopBackOff', `exit code 1: Error: ${'x'.repeat(10_000)}`);
    expect(found.what.length).toBeLessThan(400);
    for (const line of found.evidence) expect(line.length).toBeLessThan(400);
  });
});

it('reads what anybody wrote in time that grows with its length', () => {
  const texts = [
    'missing variable ',
    'A_',
    'exec: "',
    'ENOENT: ',
    'requires node ',
    "KeyError: '",
    'listens on ',
    '1',
    'A names ',
    'x was built for a, and this machine is ',
    'it waits for the lock on a',
    'HTTP probe failed with statuscode: 403; it answers: ',
    'x.node: ',
    '(a)',
    '(',
    'the first line of ',
    'the file is called ',
  ].map((part) => part.repeat(4000).slice(0, 2000));
  const started = performance.now();
  for (const { pattern } of [...hintRules, ...reasonRules, ...furtherRules, ...generalRules])
    for (const text of texts) pattern.exec(text);
  expect(performance.now() - started).toBeLessThan(2000);
});
