import { AppError } from '../errors';
import { panelOf, type PanelName } from './environmentPanels';
import { namespaceScope } from './scope';

/**
 * What a panel reads of one environment, in Prometheus' own page.
 *
 * @param range `1h`
 * @throws invalidInput when the address is no http or https URL
 */
export function metricsUrl(prometheus: string, panel: PanelName, namespace: string, range: string): string {
  const base = URL.parse(prometheus);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new AppError('invalidInput', `${JSON.stringify(prometheus)} is no http or https address.`);
  const url = new URL(base.origin);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/graph`;
  const scope = namespaceScope(namespace);
  panelOf(panel).queries.forEach(({ text }, index) => {
    url.searchParams.set(`g${index}.expr`, text(scope));
    url.searchParams.set(`g${index}.tab`, '0');
    url.searchParams.set(`g${index}.range_input`, range);
  });
  return url.href;
}
