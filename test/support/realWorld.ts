import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { QueryResultRow } from 'pg';
import { ensureSample } from '../../scripts/workplace/sample.mjs';
import { GitWorktrees } from '../../src/adapters/git/gitWorktrees';
import { FileClusterChoices } from '../../src/adapters/kubernetes/connection/fileClusterChoices';
import { FileKubeContexts } from '../../src/adapters/kubernetes/connection/fileKubeContexts';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import { withSession } from '../../src/adapters/postgres/session';
import type { CreateRequest, CreateResult, DeleteResult } from '../../src/app/environment/requests';
import type { Run } from '../../src/app/run/run';
import { variableOf } from '../../src/core/settingVariable';
import type { Product } from '../../src/app/product';
import { wireProduct } from '../../src/wiring/wireProduct';
import type { ChosenCluster } from '../../src/core/ports/clusters';
import { defaultSettings, type Settings } from '../../src/core/settings';
import { relayDatabase, type DatabaseRelay } from './databaseRelay';
import { endPods, whileEndingPods } from './endPods';
import { helmPath } from './helm';
import { connect, type KubeConnection } from './kubeConnection';
import { silentLog } from './kubernetesHarness';
import { realPlace, type Place } from './place';
import { testPostgres, type TestPostgres } from './postgres';
import { until } from './until';
import { visitsProgram } from './visitsProgram';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RealWorldOptions {
  /** Of the program in the image; `web` also serves the route /. */
  readonly services?: Readonly<Record<string, object>>;
  readonly settings?: Partial<Settings>;
}

/**
 * The product with a real Kubernetes as the repository's cluster: the sample repository, whose coppice.yaml runs programs that
 * need nothing but an image with Node.js, and a PostgreSQL server of its own.
 *
 * The server listens on loopback. Pods reach it by a relay at an address of this machine that they can reach: the node's own
 * where this machine is the node, else the first that is not loopback. So its two addresses really are two.
 */
export class RealWorld {
  private constructor(
    readonly place: Place,
    readonly folder: string,
    readonly repository: string,
    readonly chosen: ChosenCluster,
    readonly api: KubeConnection,
    readonly postgres: TestPostgres,
    readonly relay: DatabaseRelay,
    readonly product: Product,
    /** What it says now: a test may change it. */
    readonly settings: { now: Settings },
  ) {}

  static async create(options: RealWorldOptions = {}): Promise<RealWorld> {
    const postgres = await testPostgres();
    try {
      return await RealWorld.#create(postgres, options);
    } catch (error) {
      // It would outlive this process.
      await postgres.dispose();
      throw error;
    }
  }

  static async #create(postgres: TestPostgres, options: RealWorldOptions): Promise<RealWorld> {
    const place = await realPlace();
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'coppice-real-')));
    const home = join(folder, 'home');
    const repository = await ensureSample(join(folder, 'place'));
    const { path, context } = place.kubeconfig;
    const chosen = await pinned(path, context);
    await new FileClusterChoices(join(home, 'clusters.json')).choose('none', chosen);
    const api = await connect(path);
    const relay = await relayDatabase(postgres.server, await addressForPods(api));
    const { url, password = '' } = await postgres.server.connect();
    const now: Settings = {
      ...defaultSettings,
      'cluster.default': context,
      'cluster.allowedContexts': [context],
      'helm.path': helmPath,
      'postgres.url': url,
      'postgres.podAddress': relay.address,
      ...options.settings,
    };
    const settings = { now };
    const env = { ...process.env, COPPICE_HOME: home };
    const product = wireProduct({
      root,
      env,
      execPath: process.execPath,
      settings: () => settings.now,
      postgresPassword: () => Promise.resolve(password),
      log: silentLog,
      folder: repository,
    });
    const world = new RealWorld(place, folder, repository, chosen, api, postgres, relay, product, settings);
    await world.write(repository, world.environmentFile(options.services));
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    await world.git(...author, 'commit', '--quiet', '--all', '--message', 'Run where Kubernetes is');
    return world;
  }

  /** A text of coppice.yaml: JSON is YAML. @param services merged into `web` and `worker`, by name */
  environmentFile(services: Readonly<Record<string, object>> = {}): string {
    const { image, node } = this.place;
    const web = { image, command: [node, '-e', visitsProgram], port: 3000, routes: ['/'], health: '/healthz' };
    const worker = { image, command: [node, '-e', 'setInterval(() => {}, 1000)'] };
    const merged = { web: { ...web, ...services['web'] }, worker: { ...worker, ...services['worker'] } };
    return `${JSON.stringify({
      version: 1,
      services: { ...services, ...merged },
      database: { template: 'real_template', migrate: 'node db/migrate.js', seed: 'node db/seed.js' },
    })}\n`;
  }

  write(folder: string, environmentFile: string): Promise<void> {
    return writeFile(join(folder, 'coppice.yaml'), environmentFile);
  }

  async git(...argv: string[]): Promise<string> {
    return (await run('git', argv, { cwd: this.repository })).stdout.trimEnd();
  }

  /** The built command line with the same settings, as variables. */
  async startCli(cwd: string, ...argv: string[]): Promise<ChildProcessByStdio<null, Readable, Readable>> {
    const variables = Object.entries(this.settings.now).map(([key, value]: [string, unknown]) => [
      variableOf(key),
      Array.isArray(value) ? value.join(',') : String(value),
    ]);
    const { password } = await this.postgres.server.connect();
    const env = {
      ...process.env,
      ...Object.fromEntries(variables),
      COPPICE_HOME: this.product.home,
      COPPICE_POSTGRES_PASSWORD: password,
    };
    const program = join(root, 'dist', 'cli.js');
    return spawn(process.execPath, [program, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** The same, to its end. */
  async cli(cwd: string, ...argv: string[]): Promise<CliResult> {
    const child = await this.startCli(cwd, ...argv);
    return new Promise((resolve, reject) => {
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** A new branch from main, or an update of the worktree at a path. */
  create(target: string | CreateRequest['target'], how: Partial<Run> = {}): Promise<CreateResult> {
    const request: CreateRequest = {
      folder: this.repository,
      target: typeof target === 'string' ? { kind: 'branch', branch: target, base: 'main' } : target,
    };
    return this.product.environments.create(request, { ...silently(), ...how });
  }

  /** Makes a context of a kubeconfig the repository's cluster from now on. */
  async choose(kubeconfig: string, context: string): Promise<void> {
    const chosen = await pinned(kubeconfig, context);
    this.settings.now = { ...this.settings.now, 'cluster.allowedContexts': [context] };
    await new FileClusterChoices(join(this.product.home, 'clusters.json')).choose(await this.repositoryId(), chosen);
  }

  async repositoryId(): Promise<string> {
    return (await new GitWorktrees(process.env).repository(this.repository)).id;
  }

  update(path: string, how: Partial<Run> = {}): Promise<CreateResult> {
    return this.create({ kind: 'worktree', path }, how);
  }

  delete({ worktree, identity }: CreateResult): Promise<DeleteResult> {
    const accepted = ['uncommitted', 'untracked', 'unpushed', 'database'] as const;
    const request = { folder: this.repository, path: worktree.path, accepted };
    return this.whileEnding(identity.names.namespace, () => this.product.environments.delete(request, silently()));
  }

  /** Takes the pods of a namespace that goes away out of the API for as long as that takes: see endPods. */
  async whileEnding<T>(namespace: string, work: () => Promise<T>): Promise<T> {
    const path = `/api/v1/namespaces/${namespace}`;
    const end = async (): Promise<void> => {
      const { json } = await this.api.call('GET', path);
      if (json?.status?.phase === 'Terminating') await endPods(this.place, namespace);
    };
    const ending = setInterval(() => void end().catch(() => undefined), 1000);
    try {
      return await work();
    } finally {
      clearInterval(ending);
    }
  }

  /** Names of this repository's namespaces, and of the databases and roles that are no template's. */
  async owned(): Promise<{ namespaces: string[]; databases: string[]; roles: string[] }> {
    const names = async (from: string): Promise<string[]> =>
      (await this.sql<{ name: string }>(`SELECT ${from} WHERE left(${from.split(' ')[0]}, 3) = 'wt_' ORDER BY 1`)).map(
        ({ name }) => name,
      );
    return {
      namespaces: await this.#namespaces(),
      databases: await names('datname AS name FROM pg_database'),
      roles: await names('rolname AS name FROM pg_roles'),
    };
  }

  async #namespaces(): Promise<string[]> {
    const selector = `coppice.dev/repository=${await this.repositoryId()}`;
    const { json } = await this.api.call('GET', `/api/v1/namespaces?labelSelector=${selector}`);
    const items: { metadata: { name: string } }[] = json.items;
    return items.map(({ metadata }) => metadata.name).sort();
  }

  async sql<Row extends QueryResultRow>(text: string): Promise<Row[]> {
    const { url, password } = await this.postgres.server.connect();
    return withSession({ url, password }, undefined, undefined, (session) => session.query<Row>(text));
  }

  /** Gives a clone of the template to its role: what the template's builder owned. */
  async handOver(database: string): Promise<void> {
    const { url, password } = await this.postgres.server.connect();
    const builders = await this.sql<{ name: string }>(
      `SELECT rolname AS name FROM pg_roles WHERE left(rolname, 12) = 'coppice_tpl_'`,
    );
    await withSession({ url, password }, database, undefined, async (session) => {
      for (const { name } of builders) await session.query(`REASSIGN OWNED BY "${name}" TO "${database}"`);
    });
  }

  /** Leads a port of this machine to the service for as long as `use` takes. */
  async reach<T>(created: CreateResult, service: string, use: (url: string) => Promise<T>): Promise<T> {
    const forward = await new KubernetesWorkloads(this.cluster().connection).forward(
      created.identity.names.namespace,
      service,
      { port: undefined },
      created.identity.owner,
    );
    try {
      return await use(`http://127.0.0.1:${forward.localPort}`);
    } finally {
      forward.dispose();
    }
  }

  /** A way to the same cluster beside the product's. */
  cluster(): KubernetesCluster {
    const { identity } = this.chosen;
    // What a test does here it has chosen itself.
    const kubeconfig = { ...this.place.kubeconfig, guard: () => Promise.resolve() };
    return new KubernetesCluster({ identity, kubeconfig, log: silentLog });
  }

  /** Deletes what a test has left behind as well. */
  async dispose(): Promise<void> {
    // Without its databases, whose server may be what failed.
    const ended = await Promise.allSettled(
      (await this.#namespaces()).map((name) =>
        whileEndingPods(this.place, name, this.#gone(`/api/v1/namespaces/${name}`)),
      ),
    );
    this.api.close();
    await this.relay.close();
    await this.postgres.dispose();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    await this.place.dispose();
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  /** Another try of the same test would be given other names beside a namespace that still ends. */
  async #gone(path: string): Promise<void> {
    await this.api.call('DELETE', path);
    await until(async () => (await this.api.call('GET', path)).status === 404, 90_000);
  }

  /** Where `create` puts the worktree with this slug. */
  worktree(slug: string): string {
    return join(dirname(this.repository), 'fibonacci.worktrees', slug);
  }
}

/** @throws when there is no such context */
async function pinned(path: string, context: string): Promise<ChosenCluster> {
  const found = (await new FileKubeContexts().list([path])).find(({ name }) => name === context);
  if (!found) throw new Error(`${path} has no context ${context}`);
  const { server, caSha256 } = found;
  const identity = { kind: 'context', context, server, ...(caSha256 === undefined ? {} : { caSha256 }) } as const;
  return { identity, kubeconfigs: [path] };
}

/** An address of this machine that the cluster's pods reach. */
async function addressForPods(api: KubeConnection): Promise<string> {
  const { json } = await api.call('GET', '/api/v1/nodes');
  const nodes: { status: { addresses: { type: string; address: string }[] } }[] = json.items;
  const ofNodes = nodes.flatMap(({ status }) => status.addresses.map(({ address }) => address));
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  const address = own.find((one) => ofNodes.includes(one)) ?? own[0];
  if (address === undefined) throw new Error('This machine has no address that pods could reach.');
  return address;
}

function silently(): Run {
  return { signal: AbortSignal.timeout(180_000), report: () => undefined, approve: async () => true };
}
