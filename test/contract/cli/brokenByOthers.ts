import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { elfHead } from '../../support/elfHead';
import type { CliWorld } from './cliWorld';

/** A service that somebody wrote who had read the guide alone, and broke as it had cost them hours before. */
export interface BrokenByOthers {
  /** What is wrong, as it was written down before it was run. */
  readonly cause: string;
  /** What the first line of `coppice why` has to say of it. */
  readonly what: RegExp;
  readonly kind: string;
  /** What it is written in: it is left out where that is not installed. */
  readonly program?: 'python3' | 'psql' | 'openssl';
  /** Its files, in its own folder. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const otherMachine = arch() === 'arm64' ? { machine: 62, name: 'x64' } : { machine: 183, name: 'arm64' };
const port = { port: 8000 };
const pythonServer =
  "import http.server, os\nhttp.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), http.server.SimpleHTTPRequestHandler).serve_forever()\n";

export const brokenByOthers: Readonly<Record<string, BrokenByOthers>> = {
  orders: {
    cause:
      'The service waits for the host `redis`, which is a name of the compose file and resolves to nothing on this machine, so it never starts to listen.',
    ...{ kind: 'nameUnknown', what: /host that nobody here knows: redis\.compose\.invalid/ },
    files: {
      'wait-for.sh': `#!/usr/bin/env bash
# wait-for HOST PORT -- COMMAND
host=$1 port=$2; shift 3
echo "wait-for: waiting for $host:$port without a timeout"
until (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; do sleep 1; done
exec "$@"
`,
    },
    // "redis" alone may be a name of the network that a test runs in.
    spec: { ...port, command: './wait-for.sh redis.compose.invalid 6379 -- node server.js' },
  },
  shop: {
    cause:
      'The server refuses the Host header of the health check with 403, since its list of allowed hosts has only shop.example.test.',
    ...{ kind: 'probeFails', what: /403 Blocked request\. This host \("127\.0\.0\.1"\) is not allowed/ },
    files: {
      'server.js': `const allowed = ['shop.example.test'];
require('node:http').createServer((request, response) => {
  const host = (request.headers.host ?? '').replace(/:\\d+$/, '');
  if (allowed.includes(host)) return response.end('ok');
  response.writeHead(403, { 'content-type': 'text/plain' });
  response.end(\`Blocked request. This host ("\${host}") is not allowed.\\nTo allow this host, add "\${host}" to ALLOWED_HOSTS in server.js.\\n\`);
}).listen(process.env.PORT, process.env.HOST, () => console.log('shop listens'));
`,
    },
    spec: { ...port, command: 'node server.js', health: '/healthz' },
  },
  hasher: {
    cause:
      'The native module native/hash.node was built for another architecture than this machine has, so it cannot be loaded.',
    kind: 'otherPlatform',
    what: new RegExp(`hasher/native/hash\\.node was built for Linux ${otherMachine.name}, and this machine is`),
    files: {
      'native/hash.node': elfHead(otherMachine.machine),
      'server.js': `const { createServer } = require('node:http');
const { hash } = require('./native/hash.node');
createServer((request, response) => response.end(hash(request.url))).listen(process.env.PORT, process.env.HOST);
`,
    },
    spec: { ...port, command: 'node server.js' },
  },
  search: {
    cause:
      'The service waits for the lock on index.lock in a folder that all worktrees share, which another process (the dev server of the main worktree) holds.',
    ...{ kind: 'fileLock', what: /waits for the lock on .*index\.lock, which process \d+ \(python3?[\d.]*\) holds/ },
    program: 'python3',
    files: {
      'search.py': `import fcntl, os, sys
print('opening the index', flush=True)
lock = open(os.environ['INDEX_FOLDER'] + '/index.lock', 'w')
fcntl.flock(lock, fcntl.LOCK_EX)
print('index is open', flush=True)
if len(sys.argv) > 1:
    sys.stdin.read()
${pythonServer}`,
    },
    spec: { ...port, command: 'python3 search.py' },
  },
  login: {
    cause:
      'NODE_EXTRA_CA_CERTS names certs/dev-ca.pem, which git ignores and which is therefore not in the new worktree, so web does not trust the certificate of auth.',
    ...{ kind: 'certificate', what: /NODE_EXTRA_CA_CERTS names certs\/dev-ca\.pem/ },
    files: {
      'web.js': `fetch(process.env.AUTH)
  .then((answer) => answer.json())
  .then(({ keys }) => require('node:http').createServer((request, response) => response.end(String(keys))).listen(process.env.PORT, process.env.HOST))
  .catch((error) => {
    console.error('cannot load the keys of auth:', error);
    process.exitCode = 1;
  });
`,
    },
    spec: { ...port, command: 'node web.js', env: { NODE_EXTRA_CA_CERTS: 'certs/dev-ca.pem' } },
  },
  catalog: {
    cause:
      'server.mjs starts only if import.meta.url equals file:// + process.argv[1], which is never so where the path has a space (%20), so it ends with exit code 0 at once and never listens.',
    ...{ kind: 'endedByItself', what: /ends by itself, where a service is to run on/ },
    files: {
      'server.mjs': `import { createServer } from 'node:http';
if (import.meta.url === \`file://\${process.argv[1]}\`) createServer((request, response) => response.end('catalog')).listen(process.env.PORT, process.env.HOST);
`,
    },
    spec: { ...port, command: 'node server.mjs' },
  },
  mailer: {
    cause:
      'bin/start.sh has Windows line ends (CRLF), so the system looks for an interpreter called "sh\\r" and says that no such file exists.',
    ...{ kind: 'lineEnds', what: /mailer\/bin\/start\.sh has Windows line ends \(CRLF\)/ },
    files: { 'bin/start.sh': '#!/bin/sh\r\nexec node server.js\r\n' },
    spec: { ...port, command: 'bin/start.sh' },
  },
  prices: {
    cause:
      'server.js requires ./lib/Prices, but the file is lib/prices.js: macOS does not tell letter case apart, Linux does.',
    ...{ kind: 'moduleMissing', what: /it is called prices\/lib\/prices\.js, and letter case counts here/ },
    files: { 'lib/prices.js': 'module.exports = { euro: 1 };\n', 'server.js': "require('./lib/Prices');\n" },
    spec: { ...port, command: 'node server.js' },
  },
  checkout: {
    cause:
      'The server speaks TLS at its port (HTTPS=true in its .env.development), while the health check asks it in plain HTTP.',
    ...{ kind: 'probeFails', what: /it speaks TLS \(HTTPS\) at its port/ },
    program: 'openssl',
    files: {
      'server.js': `const { readFileSync } = require('node:fs');
require('node:https').createServer({ key: readFileSync('dev.key'), cert: readFileSync('dev.crt') }, (request, response) => response.end('ok')).listen(process.env.PORT, process.env.HOST);
`,
    },
    spec: { ...port, command: 'node server.js', health: '/healthz' },
  },
  billing: {
    cause:
      'The migration 002_invoices.sql fails (type "citext" does not exist), but psql without ON_ERROR_STOP goes on and exits 0, so the table invoices is missing.',
    ...{ kind: 'tableMissing', what: /"invoices", .*db\/migrations\/002_invoices\.sql, which makes it, has failed/ },
    program: 'psql',
    files: {
      '../db/migrations/001_customers.sql': 'CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);\n',
      '../db/migrations/002_invoices.sql':
        'CREATE TABLE invoices (id serial PRIMARY KEY, payer citext NOT NULL, cents integer NOT NULL);\n',
      '../db/migrations/003_notes.sql': 'CREATE TABLE notes (id serial PRIMARY KEY, text text NOT NULL);\n',
      '../db/migrate.sh': 'for file in db/migrations/*.sql; do psql -q "$DATABASE_URL" -f "$file"; done\n',
      'billing.sh': `set -e
while :; do
  psql -v ON_ERROR_STOP=1 -At "$DATABASE_URL" -c 'SELECT count(*) FROM invoices'
  sleep 5
done
`,
    },
    spec: { command: 'sh billing.sh' },
  },
  portal: {
    cause:
      'http_proxy names a proxy at which nobody listens and no_proxy does not except 127.0.0.1, so web asks that proxy for its own backend.',
    // Services of this machine are asked without a proxy: it is not broken any more.
    ...{ kind: 'none', what: /^$/ },
    program: 'python3',
    files: {
      'portal.py': `import os, sys, urllib.request
address = f"http://{os.environ['BACKEND_SERVICE_HOST']}:{os.environ['BACKEND_SERVICE_PORT']}/config"
try:
    print(urllib.request.urlopen(address, timeout=5).read(), flush=True)
except OSError as error:
    sys.exit(f'cannot load the configuration from {address}: {error}')
${pythonServer}`,
    },
    spec: { ...port, command: 'python3 portal.py', dependsOn: ['backend'] },
  },
};

const run = promisify(execFile);
const isInstalled = (program: string, argument: string): Promise<boolean> =>
  run(program, [argument]).then(
    () => true,
    () => false,
  );

/** The names of those that can be made on this machine. */
export async function othersHere(): Promise<readonly string[]> {
  const programs = new Set<string | undefined>([undefined]);
  for (const [program, argument] of Object.entries({ python3: '--version', openssl: 'version', psql: '--version' }))
    if (await isInstalled(program, argument)) programs.add(program);
  return Object.keys(brokenByOthers).filter((name) => programs.has(brokenByOthers[name]?.program));
}

/** Each in a folder of its own below this one: no two of them see each other. */
export async function writeBroken(folder: string, name: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  // The sample's own says that its scripts are modules.
  await writeFile(join(folder, name, 'package.json'), '{}\n');
  for (const [path, content] of Object.entries(brokenByOthers[name]?.files ?? {})) {
    const file = join(folder, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    if (path.endsWith('.sh')) await chmod(file, 0o755);
  }
  if (name === 'checkout')
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '30'],
      ...['-keyout', join(folder, name, 'dev.key'), '-out', join(folder, name, 'dev.crt')],
    ]);
}

/** What the environment file says of it, and of its database where it needs one. */
export async function brokenService(world: CliWorld, name: string): Promise<object> {
  const { spec } = brokenByOthers[name] ?? {};
  const env = {
    ...((spec?.['env'] as object | undefined) ?? {}),
    ...(name === 'search' ? { INDEX_FOLDER: world.folder } : {}),
    ...(name === 'login' ? { AUTH: await unknownAuthority(world) } : {}),
  };
  return { ...spec, folder: name, ...(Object.keys(env).length > 0 ? { env } : {}) };
}
export const brokenDatabase = { database: { template: 'others', migrate: 'sh db/migrate.sh', inputs: ['db'] } };

/** The dev server of another worktree, which has the lock. @param folder where its files are */
export async function holdLock(world: CliWorld, folder: string): Promise<ChildProcess> {
  const child = spawn('python3', [join(folder, 'search', 'search.py'), 'only-the-lock'], {
    env: { ...world.env, INDEX_FOLDER: world.folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for (let said = ''; !said.includes('index is open');) {
    const [piece] = (await once(child.stdout, 'data')) as [Buffer];
    said += piece.toString();
  }
  return child;
}

/** Where a server of TLS is whose authority nobody knows: the cluster's own. */
async function unknownAuthority({ home }: CliWorld): Promise<string> {
  const text = await readFile(join(home, 'cluster', 'cluster.json'), 'utf8');
  return (JSON.parse(text) as { server: string }).server;
}
