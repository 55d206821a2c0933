import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killVariable } from '../../support/killAt.mjs';
import { CliWorld, type CliResult } from './cliWorld';

const killAt = new URL('../../support/killAt.mjs', import.meta.url).href;
const server = `require('node:http').createServer((_, answer) => answer.end('here')).listen(Number(process.env.PORT))`;

/** @param round what is told to one of its services */
export const killedFile = (round = '0'): string => `version: 1
services:
  web: {command: [node, -e, "${server}"], port: 3000, routes: [/], health: /}
  api: {command: [node, -e, "${server}"], port: 3001, health: /, dependsOn: [web], env: {ROUND: "${round}"}}
database: {template: fibonacci_template, migrate: "node db/migrate.js", seed: "node db/seed.js"}
patch: {.env.local: {A: b}}
`;

interface KubeObject {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly status?: unknown;
}

export interface Killed extends CliResult {
  /** Those that were done, in their order. */
  readonly steps: readonly string[];
}

/** Where commands of the CLI are cut off after each of their steps, beside an environment that has nothing to do with them. */
export class KillWorld {
  #ledgers = 0;

  private constructor(readonly world: CliWorld) {}

  static async create(): Promise<KillWorld> {
    const world = await CliWorld.create();
    await writeFile(join(world.repository, 'coppice.yaml'), killedFile());
    await writeFile(join(world.repository, '.git', 'info', 'exclude'), '/.env.local\n', { flag: 'a' });
    await world.git('commit', '--quiet', '--all', '--message', 'what is killed');
    await world.json(['create', 'other']);
    return new KillWorld(world);
  }

  /** @param killed without `after` it is not killed, and all of its steps are told; `victim`: who is killed in its place */
  async run(
    args: readonly string[],
    { after, victim, cwd }: { after?: number | undefined; victim?: string | undefined; cwd?: string | undefined } = {},
  ): Promise<Killed> {
    const { folder, repository } = this.world;
    const ledger = join(folder, `ledger-${this.#ledgers++}`);
    await writeFile(ledger, '');
    const wanted = { parent: process.pid, place: folder, ledger, after, victim };
    const env = { NODE_OPTIONS: `--import "${killAt}"`, [killVariable]: JSON.stringify(wanted) };
    const result = await this.world.cli(args, { env, cwd: cwd ?? repository });
    const steps = (await readFile(ledger, 'utf8')).split('\n').filter((line) => line !== '');
    return { ...result, steps };
  }

  /** Files that say which processes they are. */
  get victims(): { readonly cluster: string; readonly database: string } {
    return {
      cluster: join(this.world.home, 'cluster', 'cluster.json'),
      database: join(this.world.postgres.folder, 'server', 'data', 'postmaster.pid'),
    };
  }

  /** Objects, rows and files of the environment that nobody touches. @param isRestarted without what a new start of the cluster changes */
  async other(isRestarted = false): Promise<Readonly<Record<string, unknown>>> {
    const { world } = this;
    const namespace = '/api/v1/namespaces/worktree-other';
    const apps = '/apis/apps/v1/namespaces/worktree-other';
    const lists = [
      ...['services', 'secrets', 'configmaps', 'serviceaccounts'].map((kind) => `${namespace}/${kind}`),
      ...['deployments', 'replicasets'].map((kind) => `${apps}/${kind}`),
      '/apis/networking.k8s.io/v1/namespaces/worktree-other/ingresses',
      ...(isRestarted ? [] : [`${namespace}/pods`]),
    ];
    const objects = await Promise.all(lists.map((path) => world.kubernetes<{ items: KubeObject[] }>(path)));
    const all = [await world.kubernetes<KubeObject>(namespace), ...objects.flatMap(({ items }) => items)];
    return {
      objects: isRestarted ? all.map(lasting) : all,
      rows: await this.#rows('wt_other'),
      files: await contents(world.worktree('other')),
      records: await contents(join(world.repository, '.git', 'worktrees', 'other')),
    };
  }

  async #rows(database: string): Promise<unknown> {
    const { postgres } = this.world;
    const ask = <T extends Record<string, unknown>>(text: string) => postgres.sql<T>(text, database);
    const tables = await ask<{ name: string }>(
      "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1",
    );
    return Promise.all(
      tables.map(async ({ name }) => [name, await ask(`SELECT t::text FROM ${name} AS t ORDER BY 1`)]),
    );
  }

  /** What runs of this world, by command, sorted; without the connections of a database server. */
  async processes(): Promise<readonly string[]> {
    const { folder, postgres } = this.world;
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      pids.map(async (pid) => {
        const [line, environment, cwd] = await Promise.all([
          readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => ''),
          readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => ''),
          readlink(join('/proc', pid, 'cwd')).catch(() => ''),
        ]);
        const isOurs = [folder, postgres.folder].some((place) => environment.includes(place) || cwd.startsWith(place));
        return !isOurs || line === '' || /^postgres: /.test(line)
          ? []
          : [
              line
                .replaceAll('\0', ' ')
                .replace(/(reaper\.js) .*/, '$1')
                .trim(),
            ];
      }),
    );
    return found.flat().sort();
  }

  async dispose(): Promise<void> {
    await this.world.dispose();
  }
}

function lasting({ metadata, status: _, ...rest }: KubeObject): object {
  const { resourceVersion: _version, managedFields: _fields, ...lasts } = metadata;
  return { ...rest, metadata: lasts };
}

/** Of each path below a folder: its mode, and a digest of what is in it. */
async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const full = join(folder, path);
    const { mode } = await lstat(full);
    const isFile = (mode & 0o170000) === 0o100000;
    const text = isFile
      ? createHash('sha256')
          .update(await readFile(full))
          .digest('hex')
      : '';
    found[path] = `${mode.toString(8)} ${text}`;
  }
  return found;
}
