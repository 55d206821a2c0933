import type { V1Container, V1Pod } from '@ngrok/webernetes';
import type { LogStore } from '../logs/logStore';
import { listenersOf } from '../network/listeners';
import type { ProcessContainer } from './processContainer';
import { settlesWithin } from './settled';
import { silenceReason } from './silence';

/** To look into the processes of a machine costs something: the longer one is silent, the less often it is looked at. */
const FIRST_PAUSE_MS = 4000;
const LONGEST_PAUSE_MS = 60_000;
/** A probe does not wait for longer than this: the service may listen by now. */
const WAIT_MS = 1000;
const LINES = 80;

interface Known {
  readonly run: string;
  lookAt: number;
  pauseMs: number;
  reason: string | undefined;
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
    const looking = this.look(pod, container, found, port).then(
      (reason) => (known.reason = reason),
      () => undefined,
    );
    await settlesWithin(looking, WAIT_MS);
    return known.reason;
  }

  /** Of a pod that is gone. */
  forget(podUid: string): void {
    for (const key of this.known.keys()) if (key.startsWith(`${podUid} `)) this.known.delete(key);
  }

  private async look(pod: V1Pod, { name: container }: V1Container, found: ProcessContainer, port: number) {
    const { uid = '', name = '', namespace = 'default' } = pod.metadata ?? {};
    await found.log?.flush();
    const [pids, lines] = await Promise.all([
      found.run?.pids() ?? [],
      this.parts.logs.lastLines({ namespace, name, uid, container }, LINES),
    ]);
    const listeners = await (this.parts.listenersOf ?? listenersOf)(pids);
    const { PORT, METRICS_PORT } = found.config.env ?? {};
    const metrics = Number(METRICS_PORT);
    const isTold = PORT === String(port);
    return silenceReason({ port, isTold, others: metrics > 0 ? [metrics] : [], listeners, lines });
  }
}

function newlySilent(run: string, now: number): Known {
  return { run, lookAt: now, pauseMs: FIRST_PAUSE_MS, reason: undefined };
}
