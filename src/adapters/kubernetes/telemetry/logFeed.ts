import { setTimeout as delay } from 'node:timers/promises';
import { isAbort } from '../../../core/errors';
import type { Logger } from '../../../core/ports/host';
import { telemetryLogLines, type EnvironmentLogLine } from '../../../core/ports/telemetry';
import type { KubeConnection } from '../connection/kubeConnection';
import type { NamespacePods } from './namespacePods';
import { serviceLogs } from '../workloads/serviceLogs';
import type { WatchTiming } from '../watch/watchTiming';

/** So many lines are told at once at most; who prints faster than they are told is made to wait, as by a slow terminal. */
const batchLines = 500;

interface LogFeedOptions {
  readonly connection: KubeConnection;
  readonly namespace: string;
  readonly timing: WatchTiming;
  readonly log: Logger;
  readonly pods: NamespacePods;
}

/** The lines of all services of a namespace, also of those that appear later, until the signal aborts. */
export function followLogs(
  { connection, namespace, timing, log, pods }: LogFeedOptions,
  onLines: (lines: readonly EnvironmentLogLine[]) => void,
  signal: AbortSignal,
): void {
  const followed = new Set<string>();
  let pending: EnvironmentLogLine[] = [];
  let flushed: Promise<void> | undefined;
  const flushSoon = (): Promise<void> =>
    (flushed ??= delay(timing.gatherMs, undefined, { signal }).then(() => {
      const lines = pending;
      pending = [];
      flushed = undefined;
      onLines(lines);
    }));
  const follow = async (service: string): Promise<void> => {
    const options = { follow: true, tail: telemetryLogLines };
    try {
      for await (const text of serviceLogs(connection, { namespace, service, options }, timing, signal)) {
        pending.push({ service, text });
        const told = flushSoon();
        if (pending.length >= batchLines) await told;
        else told.catch(() => undefined);
      }
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) log.debug(`log of ${namespace}/${service}: ${String(error)}`);
    }
  };
  const consider = (): void => {
    for (const { service } of pods.current ?? []) {
      if (followed.has(service)) continue;
      followed.add(service);
      void follow(service);
    }
  };
  const subscription = pods.onDidChange(consider);
  signal.addEventListener('abort', () => subscription.dispose(), { once: true });
  consider();
}
