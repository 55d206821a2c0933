import type { EnvironmentView } from '../../../webview/protocol';
import type { TelemetryAddresses } from '../../app/telemetry/telemetryAddresses';
import type { ExternalUrls } from './externalUrls';

/** As a browser reaches them: the extension may run on another machine. */
export async function reachableAddresses(
  { grafana, prometheus, loki, jaeger }: TelemetryAddresses,
  external: Pick<ExternalUrls, 'of'>,
): Promise<TelemetryAddresses> {
  const of = async (url: string | undefined): Promise<string | undefined> =>
    url === undefined ? undefined : external.of(url);
  const [one, two, three, four] = await Promise.all([of(grafana), of(prometheus), of(loki), of(jaeger)]);
  return { grafana: one, prometheus: two, loki: three, jaeger: four };
}

/** With addresses that a browser reaches. */
export async function reachableView(
  environment: EnvironmentView,
  external: Pick<ExternalUrls, 'of'>,
): Promise<EnvironmentView> {
  const of = async (url: string): Promise<string> => (url === '' ? '' : external.of(url));
  const services = environment.services.map(async (service) => ({ ...service, url: await of(service.url) }));
  const parts = environment.parts.map(async (part) => ({ ...part, url: await of(part.url) }));
  const [url, ...others] = [of(environment.url), Promise.all(parts), Promise.all(services)] as const;
  return { ...environment, url: await url, parts: await others[0], services: await others[1] };
}
