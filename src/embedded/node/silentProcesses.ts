import type { V1Container, V1Pod } from '@ngrok/webernetes';
import type { LogStore } from '../logs/logStore';
import { listenersOf } from '../network/listeners';
import type { ProcessRuntime } from './processRuntime';
import { silenceReason } from './silence';

/** To look into the processes of a machine costs something, and while one starts the answer is the same. */
const KEEP_MS = 4000;
const LINES = 80;

/** Finds out why nothing answers at the port of a container's process. */
export class SilentProcesses {
  private readonly known = new Map<string, { readonly at: number; readonly reason: Promise<string | undefined> }>();

  constructor(
    private readonly runtime: Pick<ProcessRuntime, 'aliveRun'>,
    private readonly logs: Pick<LogStore, 'lastLines'>,
  ) {}

  /** @param port of this machine. undefined: nothing is known of it. Never rejects. */
  reason(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined> {
    const key = `${pod.metadata?.uid} ${container.name} ${port}`;
    const before = this.known.get(key);
    if (before && performance.now() - before.at < KEEP_MS) return before.reason;
    const reason = this.look(pod, container, port).catch(() => undefined);
    this.known.delete(key);
    this.known.set(key, { at: performance.now(), reason });
    for (const [old, { at }] of this.known) if (performance.now() - at > KEEP_MS) this.known.delete(old);
    return reason;
  }

  private async look(pod: V1Pod, container: V1Container, port: number): Promise<string | undefined> {
    const { uid = '', name = '', namespace = 'default' } = pod.metadata ?? {};
    const found = this.runtime.aliveRun(uid, container.name);
    if (!found?.run) return undefined;
    await found.log?.flush();
    const [pids, lines] = await Promise.all([
      found.run.pids(),
      this.logs.lastLines({ namespace, name, uid, container: container.name }, LINES),
    ]);
    const listeners = await listenersOf(pids);
    const { PORT, METRICS_PORT } = found.config.env ?? {};
    const metrics = Number(METRICS_PORT);
    const isTold = PORT === String(port);
    return silenceReason({ port, isTold, others: metrics > 0 ? [metrics] : [], listeners, lines });
  }
}
