import type { V1Container, V1Pod } from '@ngrok/webernetes';
import type { LogStore } from '../logs/logStore';
import { awaitedHost } from '../hints/awaitedHost';
import { heldLock } from '../hints/heldLock';
import { listenersOf } from '../network/listeners';
import type { ProcessContainer } from './processContainer';
import { settlesWithin } from './settled';
import { debuggerPorts } from './debuggerPorts';
import { silenceReason, strayPort } from './silence';

/** To look into the processes of a machine costs something: the longer one is silent, the less often it is looked at. */
const FIRST_PAUSE_MS = 4000;
const LONGEST_PAUSE_MS = 60_000;
/** Where it listens elsewhere it is looked at again soon. */
const STRAY_PAUSE_MS = 3000;
/** What it goes on doing for as long it means: many a dev server opens a socket of its own first, and its port once it has compiled. */
const STRAY_STEADY_MS = 15_000;
/** A probe does not wait for longer than this: the service may listen by now. */
const WAIT_MS = 1000;
const LINES = 80;

interface Known {
  readonly run: string;
  /** Where a debugger waits; kept, since what a log says once is soon followed by much else. */
  readonly debuggers: Set<number>;
  lookAt: number;
  pauseMs: number;
  reason: string | undefined;
  /** Where it listens in place of the port that it was told. */
  stray: number | undefined;
  /** Since when each look has found it there, in milliseconds. */
  straySince: number;
  isSteady: boolean;
}

interface Parts {
  readonly runtime: { aliveRun(podUid: string, name: string): ProcessContainer | undefined };
  readonly logs: Pick<LogStore, 'lastLines'>;
  readonly listenersOf?: typeof listenersOf;
  readonly now?: () => number;
}

/** Finds out why nothing answers at the port of a container's process. */
export class SilentProcesses {
  private readonly known = new Map<string, Known>();
  private readonly now: () => number;

  constructor(private readonly parts: Parts) {
    this.now = parts.now ?? (() => performance.now());
  }

  /** @param port of this machine. undefined: nothing is known of it (yet). Never rejects. */
  async reason(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined> {
    const uid = pod.metadata?.uid ?? '';
    const key = `${uid} ${container.name}`;
    const found = this.parts.runtime.aliveRun(uid, container.name);
    if (!found) {
      this.known.delete(key);
      return undefined;
    }
    const now = this.now();
    const before = this.known.get(key);
    const known = before?.run === found.id ? before : newlySilent(found.id, now);
    this.known.set(key, known);
    if (now < known.lookAt) return known.reason;
    known.lookAt = now + known.pauseMs;
    known.pauseMs = Math.min(2 * known.pauseMs, LONGEST_PAUSE_MS);
    const looking = this.look(pod, container, found, port, known.debuggers).then(
      ({ reason, stray }) => {
        const straySince = known.stray === stray ? known.straySince : this.now();
        const isSteady = stray !== undefined && this.now() - straySince >= STRAY_STEADY_MS;
        Object.assign(known, { reason, stray, straySince, isSteady });
        if (stray !== undefined && !isSteady) known.lookAt = this.now() + STRAY_PAUSE_MS;
      },
      () => undefined,
    );
    await settlesWithin(looking, WAIT_MS);
    return known.reason;
  }

  /** The port of this machine at which it listens in place of the one that it was told; undefined: nobody can say for certain. */
  stray(pod: V1Pod, container: V1Container): number | undefined {
    const uid = pod.metadata?.uid ?? '';
    const known = this.known.get(`${uid} ${container.name}`);
    const isCurrent = known !== undefined && known.run === this.parts.runtime.aliveRun(uid, container.name)?.id;
    return isCurrent && known.isSteady ? known.stray : undefined;
  }

  /** Of a pod that is gone. */
  forget(podUid: string): void {
    for (const key of this.known.keys()) if (key.startsWith(`${podUid} `)) this.known.delete(key);
  }

  private async look(
    pod: V1Pod,
    { name: container }: V1Container,
    found: ProcessContainer,
    port: number,
    debuggers: Set<number>,
  ) {
    const { uid = '', name = '', namespace = 'default' } = pod.metadata ?? {};
    await found.log?.flush();
    const [pids, lines] = await Promise.all([
      found.run?.pids() ?? [],
      this.parts.logs.lastLines({ namespace, name, uid, container }, LINES),
    ]);
    const listeners = await (this.parts.listenersOf ?? listenersOf)(pids);
    const { command = [], args = [], env = {} } = found.config;
    for (const each of debuggerPorts({ argv: [...command, ...args], env, lines })) debuggers.add(each);
    const { PORT, METRICS_PORT } = env;
    const metrics = Number(METRICS_PORT);
    const isTold = PORT === String(port);
    const others = metrics > 0 ? [metrics] : [];
    const isSilent = listeners.length === 0;
    const hint = isSilent ? ((await heldLock(pids)) ?? (await awaitedHost(lines))) : undefined;
    const process = { port, isTold, others, debuggers: [...debuggers], listeners, hint, lines };
    return { reason: silenceReason(process), stray: strayPort(process) };
  }
}

function newlySilent(run: string, now: number): Known {
  return {
    run,
    debuggers: new Set(),
    lookAt: now,
    pauseMs: FIRST_PAUSE_MS,
    reason: undefined,
    stray: undefined,
    straySince: 0,
    isSteady: false,
  };
}
