import { mkdir, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { AppError, isAppError } from '../../core/errors';
import type { ClusterAccess } from '../../core/ports/cluster';
import type { InstallInfra, InstallRelease, Releases } from '../../core/ports/releases';
import { exec, type ExecResult } from '../exec/exec';
import { howToInstall } from '../exec/howToInstall';
import { temporaryFolder } from '../exec/temporaryFolder';
import {
  historyArguments,
  listArguments,
  rollbackArguments,
  uninstallArguments,
  upgradeArguments,
  valuesArguments,
  type ReleaseAddress,
} from './helmArguments';
import { helmEnvironment } from './helmEnvironment';
import { helmFailure, missingHelm, oldHelm } from './helmFailure';
import { helmVersion, type HelmVersion } from './helmVersion';
import { largeChart } from './largeChart';
import { parseHistory, parseReleaseNames, recovery } from './revision';
import { parseValues, valuesText } from './valuesText';

export interface HelmReleasesOptions {
  /** A path, or a name that is looked up on PATH. Asked before each run: a person who is told that Helm is missing says where it is. */
  readonly helmPath: () => string;
  /** Absolute folder of the chart that Coppice brings. */
  readonly chartFolder: string;
  /** Folder for Helm's own caches and settings; made when it is missing. */
  readonly home: string;
  /** Asked before Helm is started for a cluster, and refuses by throwing; Helm asks the cluster by itself, past everything of ours. */
  readonly verifyChange?: (access: ClusterAccess) => Promise<void>;
  /** The user's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const timeoutMs = 300_000;
const maxOutputBytes = 16 * 1024 * 1024;
const recoveries = 2;

/** Releases by the Helm program, 3.8 or newer. */
export class HelmReleases implements Releases {
  /** As far as it was asked for, and of which program: another Helm may take the place of this one. */
  #known: { readonly helmPath: string; readonly version: HelmVersion } | undefined;

  constructor(private readonly options: HelmReleasesOptions) {}

  async install(request: InstallRelease | InstallInfra, signal?: AbortSignal): Promise<void> {
    const chart = request.chart ?? this.options.chartFolder;
    // Helm takes anything else for the name of a chart in some repository.
    if (!isAbsolute(chart))
      throw new AppError('invalidInput', `The chart's folder ${JSON.stringify(chart)} is not an absolute path.`);
    const isOurs = request.chart === undefined;
    const own = 'ownValues' in request ? request.ownValues : undefined;
    if (own !== undefined && !isAbsolute(own))
      throw new AppError('invalidInput', `The file of Helm values ${JSON.stringify(own)} is not an absolute path.`);
    // Whoever calls holds the worktree's lock: what was begun before now was begun by somebody who is gone.
    const since = Date.now();
    const folder = await temporaryFolder('helm');
    try {
      const valuesFile = join(folder, 'values.json');
      await writeFile(valuesFile, valuesText(request.values), { mode: 0o600, flag: 'wx' });
      const valuesFiles = [valuesFile, ...(own === undefined ? [] : [own])];
      for (let attempt = 0; ; attempt++) {
        // The cluster comes first: where nothing may be changed, no Helm is needed.
        await this.options.verifyChange?.(request.access);
        const known = this.#known?.helmPath === this.options.helmPath() ? this.#known : undefined;
        const version = known?.version ?? (await this.#askVersion(signal));
        const result = await this.#runOn(
          request,
          upgradeArguments(request, { folder: chart, isOurs }, valuesFiles, version),
          signal,
        );
        if (result.exitCode === 0) return;
        this.#known = undefined;
        if (attempt < recoveries && (await this.#recover(request, since, signal))) continue;
        const large = await largeChart(chart, result.stderr);
        if (large) throw large;
        throw helmFailure(`install the release "${request.release}"`, result.exitCode, result.stderr);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async uninstall(release: string, namespace: string, access: ClusterAccess, signal?: AbortSignal): Promise<void> {
    const address = { release, namespace, access };
    const result = await this.#runOn(address, uninstallArguments(address), signal);
    if (result.exitCode === 0 || (await this.#isNone(address, signal))) return;
    throw helmFailure(`uninstall the release "${release}"`, result.exitCode, result.stderr);
  }

  async values(
    release: string,
    namespace: string,
    access: ClusterAccess,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const address = { release, namespace, access };
    const result = await this.#runOn(address, valuesArguments(address), signal);
    const values = result.exitCode === 0 ? parseValues(result.stdout) : undefined;
    if (values || (await this.#isNone(address, signal))) return values;
    throw helmFailure(`tell the values of the release "${release}"`, result.exitCode, result.stderr);
  }

  async verifyTool(signal?: AbortSignal): Promise<void> {
    await this.#askVersion(signal);
  }

  /** Of a call that failed one exit code says everything: only the list tells that there is no such release. */
  async #isNone(address: ReleaseAddress, signal: AbortSignal | undefined): Promise<boolean> {
    const list = await this.#runOn(address, listArguments(address), signal);
    return list.exitCode === 0 && parseReleaseNames(list.stdout)?.includes(address.release) === false;
  }

  /** Rejects when it is too old. */
  async #askVersion(signal: AbortSignal | undefined): Promise<HelmVersion> {
    const helmPath = this.options.helmPath();
    const result = await this.#run(['version', '--short'], signal);
    if (result.exitCode !== 0) throw helmFailure('say its version', result.exitCode, result.stderr);
    const said = result.stdout.trim();
    const version = helmVersion(said);
    if (version.major < 3 || (version.major === 3 && version.minor < 8)) {
      throw oldHelm(helmPath, said, await howToInstall('helm', this.options.env));
    }
    this.#known = { helmPath, version };
    return version;
  }

  /** Frees a release that a client left behind in the middle of something. @returns whether it is worth trying again */
  async #recover(address: ReleaseAddress, since: number, signal: AbortSignal | undefined): Promise<boolean> {
    const history = await this.#runOn(address, historyArguments(address), signal);
    if (history.exitCode !== 0) return false;
    const way = recovery(parseHistory(history.stdout), since);
    if (!way) return false;
    const argv =
      way.kind === 'uninstall'
        ? uninstallArguments(address)
        : rollbackArguments(address, way.revision, await this.#askVersion(signal));
    const result = await this.#runOn(address, argv, signal);
    return result.exitCode === 0;
  }

  async #runOn(
    { access }: ReleaseAddress,
    argv: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ExecResult> {
    await this.options.verifyChange?.(access);
    return this.#run(argv, signal);
  }

  async #run(argv: readonly string[], signal: AbortSignal | undefined): Promise<ExecResult> {
    const { home, env } = this.options;
    const helmPath = this.options.helmPath();
    await mkdir(home, { recursive: true });
    try {
      // In a folder of our own: a relative path in anything that Helm reads means nothing of the user's.
      return await exec(
        { file: helmPath, argv, cwd: home, env: helmEnvironment(env, home), timeoutMs, maxOutputBytes },
        signal,
      );
    } catch (error) {
      if (isAppError(error, 'missingTool')) throw missingHelm(helmPath, await howToInstall('helm', env), error);
      throw error;
    }
  }
}
