import type { ClusterAccess } from '../../../src/core/ports/cluster';
import type { InstallRelease, Releases } from '../../../src/core/ports/releases';

/** Releases in memory. What an install would make appear is up to `onInstall`. */
export class FakeReleases implements Releases {
  /** Calls that change something, in order: "install namespace/release". */
  readonly changes: string[] = [];
  /** Called before each method with its name; what it throws or rejects with is the method's failure. */
  before: (method: string, signal?: AbortSignal) => void | Promise<void> = () => undefined;
  /** Called after an install was recorded: set the facts of a fake cluster here. */
  onInstall: (request: InstallRelease) => void | Promise<void> = () => undefined;
  onUninstall: (release: string, namespace: string) => void | Promise<void> = () => undefined;
  readonly #installed = new Map<string, InstallRelease>();

  /** The last request for a release that is installed. */
  installed(namespace: string, release: string): InstallRelease | undefined {
    return this.#installed.get(`${namespace}/${release}`);
  }

  /** All that are installed, as "namespace/release". */
  get names(): string[] {
    return [...this.#installed.keys()].sort();
  }

  async install(request: InstallRelease, signal?: AbortSignal): Promise<void> {
    await this.#enter('install', signal);
    const key = `${request.namespace}/${request.release}`;
    this.changes.push(`install ${key}`);
    this.#installed.set(key, request);
    await this.onInstall(request);
  }

  async values(
    release: string,
    namespace: string,
    _access: ClusterAccess,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    await this.#enter('values', signal);
    const installed = this.#installed.get(`${namespace}/${release}`);
    return installed && (JSON.parse(JSON.stringify(installed.values, sortedKeys)) as Record<string, unknown>);
  }

  async uninstall(release: string, namespace: string, _access: ClusterAccess, signal?: AbortSignal): Promise<void> {
    await this.#enter('uninstall', signal);
    const key = `${namespace}/${release}`;
    if (!this.#installed.delete(key)) return;
    this.changes.push(`uninstall ${key}`);
    await this.onUninstall(release, namespace);
  }

  async verifyTool(signal?: AbortSignal): Promise<void> {
    await this.#enter('verifyTool', signal);
  }

  async #enter(method: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    await this.before(method, signal);
    signal?.throwIfAborted();
  }
}

/** As Helm gives them back. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
