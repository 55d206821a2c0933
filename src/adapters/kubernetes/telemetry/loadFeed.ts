import { setTimeout as delay } from 'node:timers/promises';
import { isAppError, type AppError } from '../../../core/errors';
import {
  loadWindowMs,
  type ClusterLoads,
  type EnvironmentLoad,
  type LoadListener,
} from '../../../core/ports/telemetry';
import type { KubeConnection } from '../connection/kubeConnection';
import { requestsIn, type GatewayCounters, type GatewayRequests } from './gatewayRequests';
import { readAllPodUsage, type PodUsed } from './podUsage';
import { cutOff, notCounted } from './sampleFeed';
import type { TelemetryTiming } from './telemetryTiming';

/** Reads what all environments do, two requests a round, and tells it until the signal aborts. Never rejects. */
export async function followLoads(
  connection: KubeConnection,
  gateway: GatewayRequests,
  timing: TelemetryTiming,
  listener: LoadListener,
  signal: AbortSignal,
): Promise<void> {
  let readings: readonly GatewayCounters[] = [];
  let failure: AppError | undefined;
  const tellState = (next: AppError | undefined): void => {
    if (failure?.code === next?.code) return;
    failure = next;
    listener.onState?.(next?.message);
  };
  try {
    for (;;) {
      const startedAt = performance.now();
      try {
        const [counted, usage] = await Promise.all([gateway.read(signal), readAllPodUsage(connection, signal)]);
        let latest = counted;
        if (counted && readings.length === 0) {
          // Rates need two readings: rather a short window than a first answer without them.
          await delay(Math.max(0, timing.firstWindowMs - (performance.now() - counted.at)), undefined, { signal });
          readings = [counted];
          latest = await gateway.read(signal);
        }
        signal.throwIfAborted();
        readings = latest ? withReading(readings, latest) : [];
        listener.onLoads(loadsOf(readings[0], latest, usage));
        tellState(undefined);
      } catch (error) {
        signal.throwIfAborted();
        readings = [];
        tellState(isAppError(error) ? error : cutOff());
      }
      const rest = timing.intervalMs - (performance.now() - startedAt);
      await delay(Math.max(rest, timing.intervalMs / 10), undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Those of the window, and the one before it: what is told is of all of it, and of no more than a reading besides. */
function withReading(readings: readonly GatewayCounters[], latest: GatewayCounters): readonly GatewayCounters[] {
  const all = [...readings, latest];
  const first = all.findLastIndex(({ at }) => latest.at - at >= loadWindowMs);
  return all.slice(Math.max(first, 0));
}

function loadsOf(
  before: GatewayCounters | undefined,
  after: GatewayCounters | undefined,
  usage: readonly PodUsed[] | string,
): ClusterLoads {
  const pods = new Map<string, Map<string, PodUsed['usage']>>();
  for (const { namespace, pod, usage: used } of typeof usage === 'string' ? [] : usage)
    pods.set(namespace, (pods.get(namespace) ?? new Map<string, PodUsed['usage']>()).set(pod, used));
  const namespaces = new Set([...pods.keys(), ...(after?.services.keys() ?? [])]);
  const of = (namespace: string): EnvironmentLoad => ({
    pods: pods.get(namespace) ?? new Map(),
    ...(before && after ? requestsIn(before, after, namespace) : { requests: new Map(), total: undefined }),
  });
  return {
    at: Date.now(),
    environments: new Map([...namespaces].map((namespace) => [namespace, of(namespace)])),
    missing: {
      ...(typeof usage === 'string' ? { usage } : {}),
      ...(after ? {} : { requests: notCounted }),
    },
  };
}
