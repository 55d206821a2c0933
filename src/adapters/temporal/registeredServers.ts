import { parseRecord } from '@coppice/host/parseRecord';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A server on which a namespace was registered. */
export interface RegisteredServer {
  readonly address: string;
  /** It is the one that the embedded cluster runs. */
  readonly isOurs: boolean;
  /** By what it is told from others that come to listen at its address; undefined: it does not say. */
  readonly cluster: string | undefined;
}

const folderName = 'namespaces';

/**
 * On which servers each namespace was registered, a file for each: what listens at the address of the settings may be another server by
 * the time that the namespace is to go.
 */
export class RegisteredServers {
  readonly #folder: string;

  /** @param folder that of Temporal in COPPICE_HOME */
  constructor(folder: string) {
    this.#folder = join(folder, folderName);
  }

  async of(namespace: string): Promise<readonly RegisteredServer[]> {
    const text = await readFile(this.#file(namespace), 'utf8').catch(() => '');
    const { servers } = parseRecord(text) ?? {};
    return Array.isArray(servers) ? servers.flatMap((each: unknown) => serverIn(each) ?? []) : [];
  }

  async add(namespace: string, server: RegisteredServer): Promise<void> {
    const known = await this.of(namespace);
    if (!known.some((each) => isSame(each, server))) await this.#write(namespace, [...known, server]);
  }

  /** @param server undefined: all */
  async forget(namespace: string, server?: RegisteredServer): Promise<void> {
    const left = server ? (await this.of(namespace)).filter((each) => !isSame(each, server)) : [];
    if (left.length > 0) await this.#write(namespace, left);
    else await rm(this.#file(namespace), { force: true });
  }

  async #write(namespace: string, servers: readonly RegisteredServer[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.#file(namespace), JSON.stringify({ servers }));
  }

  #file(namespace: string): string {
    return join(this.#folder, `${encodeURIComponent(namespace)}.json`);
  }
}

/** Coppice's own is the same wherever it listens. */
function isSame(one: RegisteredServer, other: RegisteredServer): boolean {
  return one.isOurs === other.isOurs && one.cluster === other.cluster && (one.isOurs || one.address === other.address);
}

function serverIn(value: unknown): RegisteredServer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const field = (name: string): unknown => Reflect.get(value, name);
  const [address, cluster] = [field('address'), field('cluster')];
  if (typeof address !== 'string') return undefined;
  return { address, isOurs: field('isOurs') === true, cluster: typeof cluster === 'string' ? cluster : undefined };
}
