import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { AppError, isAppError } from '../../core/errors';
import type {
  KubeconfigOfCluster,
  LocalCluster,
  LocalClusterPlan,
  LocalClusters,
} from '../../core/ports/localClusters';
import { exec, type ExecResult } from '../exec/exec';
import { k3dArguments } from './k3dArguments';
import { k3dConfig, registryName } from './k3dConfig';
import { k3dEnvironment } from './k3dEnvironment';
import { k3dNeedsDockerUp, k3dFailure, k3dNeedsDocker, missingK3d, oldK3d, oldestK3d } from './k3dFailure';
import { parseClusters, parseRegistries, parseVersion } from './parseClusters';
import { parseKubeconfig } from './parseKubeconfig';
import { parseLogLine } from './parseLogLine';
import { writePrivateFile } from '@coppice/host/writePrivateFile';

export interface K3dClustersOptions {
  /** Folder for kubeconfigs and config files ($COPPICE_HOME/k3d). Absolute; made when first needed. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const maxOutputBytes = 4 * 1024 * 1024;
const askTimeoutMs = 30_000;
/** Images are pulled meanwhile, and k3d has time limits of its own for the rest. */
const makeTimeoutMs = 30 * 60_000;
const changeTimeoutMs = 6 * 60_000;

/**
 * Clusters of k3d: k3s in Docker containers, each made from a config file. Whatever k3d says is what there is; what is not k3d's to
 * remember (`K3dRecords`) is ports, registry, mounted folders, and a mark that is on the nodes, too: a cluster without it is somebody
 * else's. Its kubeconfig is a file of ours, and k3d never finds the user's.
 */
export class K3dClusters implements LocalClusters {
  constructor(private readonly options: K3dClustersOptions) {}

  async verifyTools(signal?: AbortSignal): Promise<void> {
    const [k3d, docker] = await Promise.allSettled([
      this.#k3d(k3dArguments.version(), 'warn', signal, { timeoutMs: askTimeoutMs }),
      this.#docker(['version', '--format', '{{.Server.Version}}'], signal),
    ]);
    if (k3d.status === 'rejected') throw k3d.reason;
    const version = parseVersion(k3d.value.stdout);
    if (version !== undefined && isOlder(version, oldestK3d)) throw oldK3d(version);
    if (docker.status === 'rejected') throw docker.reason;
    if (docker.value.exitCode !== 0) throw k3dNeedsDockerUp(docker.value.stderr);
  }

  async list(signal?: AbortSignal): Promise<LocalCluster[]> {
    return parseClusters(await this.#ask(k3dArguments.list(), 'list its clusters', signal));
  }

  async create(plan: LocalClusterPlan, onNews: (line: string) => void, signal?: AbortSignal): Promise<void> {
    const unfit = plan.folders.find((folder) => !isAbsolute(folder) || /:/.test(folder.replace(/^[A-Za-z]:/, '')));
    if (unfit !== undefined)
      throw new AppError('invalidInput', `The folder ${unfit} cannot be mounted into a cluster: its path has a colon.`);
    // A folder that is not there would be made by Docker, and belong to its user.
    for (const folder of plan.folders) await mkdir(folder, { recursive: true });
    const configFile = this.#file(plan.name, 'yaml');
    await writePrivateFile(configFile, k3dConfig(plan));
    await this.#change(k3dArguments.create(configFile), `make the cluster ${plan.name}`, onNews, signal, makeTimeoutMs);
  }

  async discard(name: string, mark: string, signal?: AbortSignal): Promise<string | undefined> {
    const found = (await this.list(signal)).find((cluster) => cluster.name === name);
    if (found && found.mark !== mark)
      return `the k3d cluster ${name}, of which k3d does not tell whose it is ("k3d cluster delete ${name}")`;
    await this.#remove(name, signal);
    const [clusters, registries] = await Promise.all([this.list(signal), this.#registries(signal)]);
    const left = [
      ...clusters.filter((cluster) => cluster.name === name).map(() => `the k3d cluster ${name}`),
      ...registries.filter((registry) => registry === registryName(name)).map((registry) => `the registry ${registry}`),
    ];
    return left.length === 0 ? undefined : `${left.join(' and ')} ("k3d cluster delete ${name}")`;
  }

  async writeKubeconfig(name: string, signal?: AbortSignal): Promise<KubeconfigOfCluster> {
    const text = await this.#ask(k3dArguments.kubeconfig(name), `tell the kubeconfig of ${name}`, signal);
    const identity = parseKubeconfig(name, text);
    const kubeconfig = this.#file(name, 'kubeconfig');
    await writePrivateFile(kubeconfig, text);
    return { identity, kubeconfig };
  }

  async start(name: string, onNews: (line: string) => void, signal?: AbortSignal): Promise<void> {
    const found = await this.#find(name, signal);
    if (found.isRunning) return;
    await this.#change(k3dArguments.start(name), `start the cluster ${name}`, onNews, signal, changeTimeoutMs);
  }

  async stop(name: string, signal?: AbortSignal): Promise<void> {
    await this.#find(name, signal);
    await this.#change(k3dArguments.stop(name), `stop the cluster ${name}`, () => undefined, signal, changeTimeoutMs);
  }

  async delete(name: string, mark: string, signal?: AbortSignal): Promise<void> {
    const found = (await this.list(signal)).find((cluster) => cluster.name === name);
    if (found && found.mark !== mark)
      throw new AppError(
        'conflict',
        `The k3d cluster ${name} is not the one that Coppice made: it was made anew since.`,
        {
          explanation: `To delete it all the same: k3d cluster delete ${name}`,
        },
      );
    await this.#remove(name, signal);
  }

  async #find(name: string, signal: AbortSignal | undefined): Promise<LocalCluster> {
    const found = (await this.list(signal)).find((cluster) => cluster.name === name);
    if (!found) throw new AppError('notFound', `There is no k3d cluster ${name} on this machine any more.`);
    return found;
  }

  /** Takes a cluster that is only half there, too: then k3d lists none, but a registry and a network may stand. */
  async #remove(name: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#change(
      k3dArguments.delete(name),
      `delete the cluster ${name}`,
      () => undefined,
      signal,
      changeTimeoutMs,
    );
    await this.#removeNetwork(name, signal);
    await Promise.all(['yaml', 'kubeconfig'].map((ending) => rm(this.#file(name, ending), { force: true })));
  }

  /** k3d leaves the network of a cluster that has no node yet; Docker deletes none that is in use. */
  async #removeNetwork(name: string, signal: AbortSignal | undefined): Promise<void> {
    const filters = ['--filter', `name=^k3d-${name}$`, '--filter', 'label=app=k3d'];
    const { stdout } = await this.#docker(['network', 'ls', '--quiet', ...filters], signal);
    for (const id of stdout.split('\n').filter((line) => /^[0-9a-f]{6,}$/.test(line)))
      await this.#docker(['network', 'rm', id], signal);
  }

  async #registries(signal: AbortSignal | undefined): Promise<string[]> {
    return parseRegistries(await this.#ask(k3dArguments.registries(), 'list its registries', signal));
  }

  async #ask(argv: readonly string[], what: string, signal: AbortSignal | undefined): Promise<string> {
    const result = await this.#k3d(argv, 'warn', signal, { timeoutMs: askTimeoutMs });
    if (result.exitCode !== 0) throw await this.#failure(what, result, signal);
    return result.stdout;
  }

  async #change(
    argv: readonly string[],
    what: string,
    onNews: (line: string) => void,
    signal: AbortSignal | undefined,
    timeoutMs: number,
  ): Promise<void> {
    const onLine = (line: string): void => {
      const told = parseLogLine(line);
      if (told?.level === 'info') onNews(told.message);
    };
    const result = await this.#k3d(argv, 'info', signal, { timeoutMs, onLine });
    if (result.exitCode !== 0) throw await this.#failure(what, result, signal);
  }

  /** Most of what fails in k3d fails because Docker is away, which one would not read out of k3d's own words. */
  async #failure(what: string, result: ExecResult, signal: AbortSignal | undefined): Promise<AppError> {
    const docker = await this.#docker(['version', '--format', '{{.Server.Version}}'], signal);
    if (docker.exitCode !== 0) return k3dNeedsDockerUp(docker.stderr);
    return k3dFailure(what, result.exitCode, `${result.stdout}\n${result.stderr}`);
  }

  async #k3d(
    argv: readonly string[],
    level: 'info' | 'warn',
    signal: AbortSignal | undefined,
    how: { readonly timeoutMs: number; readonly onLine?: (line: string) => void },
  ): Promise<ExecResult> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    const env = k3dEnvironment(this.options.env, join(this.options.folder, 'no-kubeconfig'), level);
    const onOverflow = level === 'info' ? 'keepEnd' : 'fail';
    try {
      return await exec(
        { file: 'k3d', argv, cwd: this.options.folder, env, maxOutputBytes, onOverflow, ...how },
        signal,
      );
    } catch (error) {
      throw isAppError(error, 'missingTool') ? missingK3d(error) : error;
    }
  }

  async #docker(argv: readonly string[], signal: AbortSignal | undefined): Promise<ExecResult> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    const { folder, env } = this.options;
    try {
      return await exec({ file: 'docker', argv, cwd: folder, env, maxOutputBytes, timeoutMs: askTimeoutMs }, signal);
    } catch (error) {
      throw isAppError(error, 'missingTool') ? k3dNeedsDocker(error) : error;
    }
  }

  #file(name: string, ending: string): string {
    return join(this.options.folder, `${name}.${ending}`);
  }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const difference = (a ?? []).map((part, index) => part - (b?.[index] ?? 0)).find((part) => part !== 0);
  return difference !== undefined && difference < 0;
}
