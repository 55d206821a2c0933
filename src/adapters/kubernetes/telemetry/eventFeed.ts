import type { CoreV1Event } from '@kubernetes/client-node';
import type { EnvironmentEvent } from '../../../core/ports/telemetry';
import { telemetryEventLimit } from '../../../core/ports/telemetry';
import type { Logger } from '../../../core/ports/host';
import type { KubeConnection } from '../connection/kubeConnection';
import { eventTime } from '../watch/podWarnings';
import { ResourceWatch } from '../watch/resourceWatch';
import type { WatchTiming } from '../watch/watchTiming';

/** The newest events of a namespace, told whenever they change. Returns what ends it. */
export function followEvents(
  connection: KubeConnection,
  namespace: string,
  timing: WatchTiming,
  log: Logger,
  onEvents: (events: readonly EnvironmentEvent[]) => void,
): () => void {
  const events = new Map<string, EnvironmentEvent>();
  let timer: NodeJS.Timeout | undefined;
  // What happens together is told together.
  const gather = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const newest = [...events.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
      onEvents(newest.slice(0, telemetryEventLimit));
    }, timing.gatherMs);
  };
  const put = (event: CoreV1Event): void => {
    const mapped = mapEvent(event);
    events.set(mapped.id, mapped);
  };
  const request = {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
    query: {},
    resource: `events in namespace "${namespace}"`,
  };
  const longestPause = (): number => (connection.isLocal ? timing.longestLocalPauseMs : timing.longestPauseMs);
  const watch = new ResourceWatch<CoreV1Event>(connection, request, timing, longestPause, {
    onList: (items) => {
      events.clear();
      for (const item of items) put(item);
      gather();
    },
    onChange: ({ type, object }) => {
      if (type === 'DELETED') events.delete(idOf(object));
      else put(object);
      gather();
    },
    onState: (failure) => {
      if (failure) log.debug(`watch of events: ${failure.message}`);
    },
  });
  return () => {
    clearTimeout(timer);
    watch.dispose();
  };
}

export function mapEvent(event: CoreV1Event): EnvironmentEvent {
  const { type, reason, message, involvedObject, series, count } = event;
  return {
    id: idOf(event),
    at: eventTime(event),
    type: type === 'Warning' ? 'Warning' : 'Normal',
    reason: reason ?? '',
    object: `${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`,
    message: message ?? '',
    count: series?.count ?? count ?? 1,
  };
}

function idOf({ metadata }: CoreV1Event): string {
  return metadata.uid ?? metadata.name ?? '';
}
