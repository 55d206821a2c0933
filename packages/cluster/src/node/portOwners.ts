import type { V1Container, V1Pod } from '@ngrok/webernetes';
import { listenersByPid, type Listeners } from '../network/listeners';
import { SharedLook } from '../process/sharedLook';
import type { ProcessContainer } from './processContainer';
import { settlesWithin } from './settled';

/** As long as nobody can say who answers, the longer the less often somebody looks. */
const firstPauseMs = 4000;
const longestPauseMs = 5 * 60_000;
/** Somebody else answers: that is to be over soon after it is. */
const strangerPauseMs = 4000;
/** A probe does not wait for longer than this: where looking is slow, the next one knows. */
const waitMs = 1000;
/** Who listens where is looked at for all who ask: it reads what every process of every pod has open. */
const longestRestMs = 500;

interface Known {
  readonly run: string;
  isOwn: boolean;
  lookAt: number;
  pauseMs: number;
  stranger: string | undefined;
}

interface Parts {
  readonly runtime: {
    aliveRun(podUid: string, name: string): ProcessContainer | undefined;
    readonly aliveRuns: readonly ProcessContainer[];
  };
  readonly listenersByPid?: (pids: readonly number[]) => Promise<Listeners>;
  readonly now?: () => number;
}

/**
 * Finds out whether what answers at a container's port is the container's own. All pods share this machine's ports: a service that does
 * not heed PORT, or could not have its port, must not be taken for ready because another program answers there.
 *
 * It is another program's for certain where a process of another pod listens there, or where the pod's own processes listen, and
 * elsewhere. Where they listen nowhere, somebody may listen for them whom nobody sees as theirs: Docker for `docker run`, a program of
 * another user.
 */
export class PortOwners {
  readonly #known = new Map<string, Known>();
  readonly #now: () => number;
  readonly #all: SharedLook<readonly Listening[]>;

  constructor(private readonly parts: Parts) {
    this.#now = parts.now ?? (() => performance.now());
    this.#all = new SharedLook(() => this.#listening(this.parts.runtime.aliveRuns), longestRestMs);
  }

  /** @param port of this machine, at which somebody has answered @returns who, for a person; undefined: it may be its own. Never rejects */
  async stranger(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined> {
    const uid = pod.metadata?.uid ?? '';
    const key = `${uid} ${container.name} ${port}`;
    const found = this.parts.runtime.aliveRun(uid, container.name);
    if (!found) return void this.#known.delete(key);
    const before = this.#known.get(key);
    const known = before?.run === found.id ? before : newlyAnswered(found.id, this.#now());
    this.#known.set(key, known);
    if (known.isOwn || this.#now() < known.lookAt) return known.stranger;
    known.lookAt = this.#now() + known.pauseMs;
    known.pauseMs = Math.min(2 * known.pauseMs, longestPauseMs);
    const looking = this.#look(found, port).then(
      ({ isOwn, stranger }) => {
        Object.assign(known, { isOwn, stranger });
        if (stranger !== undefined) known.pauseMs = strangerPauseMs;
      },
      () => undefined,
    );
    await settlesWithin(looking, waitMs);
    return known.stranger;
  }

  /** Of a pod that is gone. */
  forget(podUid: string): void {
    for (const key of this.#known.keys()) if (key.startsWith(`${podUid} `)) this.#known.delete(key);
  }

  async #look(found: ProcessContainer, port: number): Promise<Pick<Known, 'isOwn' | 'stranger'>> {
    const ofPod = this.parts.runtime.aliveRuns.filter(({ podUid }) => podUid === found.podUid);
    const own = (await this.#listening(ofPod)).flatMap(({ ports }) => ports);
    if (own.includes(port)) return { isOwn: true, stranger: undefined };
    const { PORT, METRICS_PORT } = found.config.env ?? {};
    const elsewhere = [...new Set(own)].filter((one) => String(one) !== METRICS_PORT);
    const holder = await this.holder(port, found.podUid);
    if (holder === undefined && elsewhere.length === 0) return { isOwn: false, stranger: undefined };
    const where = elsewhere.length === 0 ? 'does not listen' : `listens on ${elsewhere.join(' and ')}, not`;
    const which = `its ${PORT === String(port) ? 'PORT' : 'port'} ${port}`;
    return { isOwn: false, stranger: `${where} on ${which}, where ${holder ?? 'another program'} answers` };
  }

  /** Whose process listens at a port of this machine; undefined: nobody's of another pod that is known. */
  async holder(port: number, podUid: string): Promise<string | undefined> {
    const all = await this.#all.take().catch((): Listening[] => []);
    const holder = all.find(({ of, ports }) => of.podUid !== podUid && ports.includes(port));
    return holder && `${holder.of.name} of ${holder.of.sandbox.metadata.namespace}`;
  }

  /** Rejects when the system does not tell. */
  async #listening(containers: readonly ProcessContainer[]): Promise<Listening[]> {
    const pids = await Promise.all(containers.map(async ({ run }) => run?.pids().catch((): number[] => []) ?? []));
    const found = await (this.parts.listenersByPid ?? listenersByPid)(pids.flat());
    return containers.map((of, index) => ({
      of,
      ports: (pids[index] ?? []).flatMap((pid) => found.get(pid) ?? []).map(({ port }) => port),
    }));
  }
}

interface Listening {
  readonly of: ProcessContainer;
  readonly ports: readonly number[];
}

function newlyAnswered(run: string, now: number): Known {
  return { run, isOwn: false, lookAt: now, pauseMs: firstPauseMs, stranger: undefined };
}
