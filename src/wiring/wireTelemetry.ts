import type { Product } from '../app/product';
import { telemetryAddresses } from '../app/telemetry/telemetryAddresses';
import { traitsOf } from '../core/clusterTraits';
import { toAppError } from '../core/errors';
import type { Telemetry } from '../core/ports/telemetry';
import type { InfraAccess } from './infraAccess';
import { once } from './once';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** What services use and are asked, and where that is drawn. */
export function wireTelemetry(
  machine: Machine,
  { current, at }: Connections,
  infra: InfraAccess,
): Product['telemetry'] {
  const { settings } = machine;
  const panelSource = once(async () => {
    const { GrafanaPanels } = await import('../adapters/grafana/grafanaPanels');
    return new GrafanaPanels();
  });
  const past: Telemetry['past'] = async (namespace, range, signal = AbortSignal.timeout(60_000)) => {
    const at = await current();
    if (traitsOf(at.identity).keepsPast) return (await at.telemetry()).past(namespace, range, signal);
    const own = settings()['prometheus.url'];
    const address = own === '' ? (await infra.addresses(at, signal, ['prometheus'])).prometheus : own;
    if (address === undefined) return undefined;
    const { PrometheusPast } = await import('../adapters/prometheus/prometheusPast');
    return new PrometheusPast(address).past(namespace, range, signal);
  };
  const all: Pick<Telemetry, 'watchAll' | 'pastOfAll'> = {
    watchAll: (listener, signal) => {
      const begin = async () => (await (await current()).telemetry()).watchAll(listener, signal);
      begin().catch((error: unknown) => {
        if (!signal.aborted) listener.onState?.(toAppError(error).message);
      });
    },
    pastOfAll: async (...asked) => (await (await current()).telemetry()).pastOfAll(...asked),
  };
  return {
    ...all,
    overview: async () => {
      const { makeOverviewFeed } = await import('./makeOverviewFeed');
      return makeOverviewFeed({ machine, telemetry: all, at });
    },
    watch: (namespace, listener, signal) => {
      const begin = async () => (await (await current()).telemetry()).watch(namespace, listener, signal);
      begin().catch((error: unknown) => {
        if (!signal.aborted) listener.onState?.(toAppError(error).message);
      });
    },
    past,
    metrics: async (...asked) => {
      const { environmentMetrics } = await import('../app/telemetry/environmentMetrics');
      return environmentMetrics({ past, now: Date.now })(...asked);
    },
    addresses: async (signal) => {
      const given = settings();
      return telemetryAddresses(given, await infra.addresses(await current(), signal));
    },
    checkGrafana: async (address, ancestors, signal) => (await panelSource()).check(address, ancestors, signal),
  };
}
