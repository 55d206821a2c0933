import { join } from 'node:path';
import { FileClusterChoices } from '../../src/adapters/kubernetes/connection/fileClusterChoices';
import { FileKubeContexts } from '../../src/adapters/kubernetes/connection/fileKubeContexts';
import { KubernetesCluster } from '../../src/adapters/kubernetes/kubernetesCluster';
import { KubernetesWorkloads } from '../../src/adapters/kubernetes/workloads/kubernetesWorkloads';
import type { CreatePlan, CreateRequest, CreateResult } from '../../src/app/environment/requests';
import type { Run } from '../../src/app/run/run';
import type { Product } from '../../src/app/product';
import { wireProduct } from '../../src/wiring/wireProduct';
import type { ChosenCluster } from '../../src/core/ports/clusters';
import { defaultSettings, type Settings } from '../../src/core/settings';
import { whileEndingPods } from './endPods';
import { GitRepository } from './gitRepository';
import { helmPath } from './helm';
import { connect } from './kubeConnection';
import { silentLog } from './kubernetesHarness';
import { realPlace, type Place } from './place';

const root = join(import.meta.dirname, '..', '..');

/** The product with a real Kubernetes as the cluster of a small repository that needs no database. */
export class PodWorld {
  readonly #created: CreateResult[] = [];

  private constructor(
    readonly place: Place,
    readonly repository: GitRepository,
    readonly chosen: ChosenCluster,
    readonly product: Product,
    /** What it says now: a test may change it. */
    readonly settings: { now: Settings },
  ) {}

  /** @param name the repository's @param env in which tools are found */
  static async create(name: string, env: Readonly<Record<string, string | undefined>>): Promise<PodWorld> {
    const place = await realPlace();
    const repository = await GitRepository.create(name);
    const { context, path } = place.kubeconfig;
    const kubeconfigs = [path];
    const found = (await new FileKubeContexts().list(kubeconfigs)).find((each) => each.name === context);
    if (!found) throw new Error(`${path} has no context ${context}`);
    const { server, caSha256 } = found;
    const identity = { kind: 'context', context, server, ...(caSha256 === undefined ? {} : { caSha256 }) } as const;
    const chosen = { identity, kubeconfigs };
    const home = join(repository.folder, 'home');
    await new FileClusterChoices(join(home, 'clusters.json')).choose('none', chosen);
    const settings = {
      now: {
        ...defaultSettings,
        'cluster.default': context,
        'cluster.allowedContexts': [context],
        'helm.path': helmPath,
      },
    };
    const product = wireProduct({
      root,
      env: { ...repository.env, ...env, COPPICE_HOME: home },
      execPath: process.execPath,
      settings: () => settings.now,
      postgresPassword: () => Promise.resolve(undefined),
      log: silentLog,
      folder: repository.root,
    });
    return new PodWorld(place, repository, chosen, product, settings);
  }

  set(change: Partial<Settings>): void {
    this.settings.now = { ...this.settings.now, ...change };
  }

  /** What coppice.yaml says on main, and the files that go with it. */
  async commit(services: object, files: Readonly<Record<string, string>> = {}): Promise<void> {
    const { repository } = this;
    for (const [path, text] of Object.entries(files)) await repository.write(path, text);
    await repository.write('coppice.yaml', `${JSON.stringify({ version: 1, services })}\n`);
    await repository.git('add', '--all');
    await repository.git('commit', '--quiet', '--allow-empty', '-m', 'services');
  }

  /** A new branch from main, or an update of the worktree at a path. */
  async create(target: string | { readonly path: string }, how: Partial<Run> = {}): Promise<CreateResult> {
    const created = await this.product.environments.create(this.#request(target), { ...silently(), ...how });
    this.#created.push(created);
    return created;
  }

  plan(branch: string): Promise<CreatePlan> {
    return this.product.environments.plan(this.#request(branch), silently());
  }

  #request(target: string | { readonly path: string }): CreateRequest {
    const { root: folder } = this.repository;
    if (typeof target !== 'string') return { folder, target: { kind: 'worktree', path: target.path } };
    return { folder, target: { kind: 'branch', branch: target, base: 'main' } };
  }

  /** Leads a port of this machine to the service for as long as `use` takes. */
  async reach<T>({ identity }: CreateResult, service: string, use: (url: string) => Promise<T>): Promise<T> {
    // What a test does here it has chosen itself.
    const kubeconfig = { ...this.place.kubeconfig, guard: () => Promise.resolve() };
    const cluster = new KubernetesCluster({ identity: this.chosen.identity, kubeconfig, log: silentLog });
    const forward = await new KubernetesWorkloads(cluster.connection).forward(
      identity.names.namespace,
      service,
      { port: undefined },
      identity.owner,
    );
    try {
      return await use(`http://127.0.0.1:${forward.localPort}`);
    } finally {
      forward.dispose();
    }
  }

  ask(created: CreateResult, service: string): Promise<string> {
    return this.reach(created, service, async (url) => (await fetch(url)).text());
  }

  /** The pods of a service as the API tells them. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in kubeConnection: tests look at many shapes
  async pods({ identity }: CreateResult, service: string): Promise<any[]> {
    const api = await connect(this.place.kubeconfig.path);
    try {
      const selector = `coppice.dev/service=${service}`;
      const { json } = await api.call(
        'GET',
        `/api/v1/namespaces/${identity.names.namespace}/pods?labelSelector=${selector}`,
      );
      return json.items;
    } finally {
      api.close();
    }
  }

  /** Namespaces and worktrees of the repository besides the main worktree. */
  async made(): Promise<{ namespaces: string[]; worktrees: number }> {
    const { repository, entries } = await this.product.snapshots.read(
      this.repository.root,
      AbortSignal.timeout(30_000),
    );
    const api = await connect(this.place.kubeconfig.path);
    try {
      const selector = `coppice.dev/repository=${repository?.id ?? ''}`;
      const { json } = await api.call('GET', `/api/v1/namespaces?labelSelector=${selector}`);
      const items: { metadata: { name: string } }[] = json.items;
      return { namespaces: items.map(({ metadata }) => metadata.name).sort(), worktrees: entries.length - 1 };
    } finally {
      api.close();
    }
  }

  async dispose(): Promise<void> {
    const made = new Map(this.#created.map(({ identity, worktree }) => [worktree.path, identity.names.namespace]));
    await Promise.all(
      [...made].map(async ([path, namespace]) => {
        const request = {
          folder: this.repository.root,
          path,
          accepted: ['uncommitted', 'untracked', 'unpushed'],
        } as const;
        const deleting = this.product.environments.delete(request, silently()).catch(() => undefined);
        await whileEndingPods(this.place, namespace, deleting);
      }),
    );
    await this.repository.dispose();
    await this.place.dispose();
  }
}

function silently(): Run {
  return { signal: AbortSignal.timeout(110_000), report: () => undefined, approve: async () => true };
}
