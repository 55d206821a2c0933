import { AppError } from '../errors';
import { environmentDashboardUid, logLabels, panelOf, traceTags, type PanelName } from './environmentPanels';
import { selector } from './queryText';
import { verifiedNamespace } from './scope';

/** What a dashboard or one of its panels shows. */
export interface DashboardView {
  readonly namespace: string;
  /** Of Grafana: `now-1h`, or milliseconds since the epoch as digits. */
  readonly from: string;
  readonly to: string;
  /** `5s`; undefined: not by itself. */
  readonly refresh?: string;
  readonly theme?: 'light' | 'dark';
  /** Of which traces are shown. */
  readonly service?: string;
}

/** Address of one panel for a frame. @param grafana its address, with or without a path of its own */
export function panelUrl(grafana: string, panel: PanelName, view: DashboardView): string {
  const url = below(grafana, `d-solo/${environmentDashboardUid}/environment`);
  url.searchParams.set('panelId', String(panelOf(panel).id));
  return withView(url, view);
}

/** The whole dashboard in Grafana. */
export function dashboardUrl(grafana: string, view: DashboardView): string {
  return withView(below(grafana, `d/${environmentDashboardUid}/environment`), view);
}

/** An environment's logs in Grafana's Explore. */
export function exploreLogsUrl(grafana: string, view: DashboardView): string {
  const url = below(grafana, 'explore');
  const namespace = verifiedNamespace(view.namespace);
  const expr = selector({
    [logLabels.namespace]: namespace,
    ...(view.service === undefined ? {} : { [logLabels.service]: view.service }),
  });
  const datasource = { type: 'loki', uid: 'loki' };
  const pane = { datasource: 'loki', queries: [{ refId: 'A', expr, datasource }], range: rangeOf(view) };
  url.searchParams.set('schemaVersion', '1');
  url.searchParams.set('panes', JSON.stringify({ logs: pane }));
  return url.href;
}

/** An environment's traces of one service in Jaeger: its search wants a service. */
export function traceSearchUrl(jaeger: string, namespace: string, service: string): string {
  const url = below(jaeger, 'search');
  url.searchParams.set('service', service);
  url.searchParams.set('tags', JSON.stringify({ [traceTags.namespace]: verifiedNamespace(namespace) }));
  return url.href;
}

function withView(url: URL, view: DashboardView): string {
  const { from, to } = rangeOf(view);
  url.searchParams.set('var-namespace', verifiedNamespace(view.namespace));
  if (view.service !== undefined) url.searchParams.set('var-service', view.service);
  url.searchParams.set('from', from);
  url.searchParams.set('to', to);
  if (view.refresh !== undefined) {
    if (!/^\d{1,4}(s|m|h)$/.test(view.refresh)) throw new AppError('invalidInput', 'The refresh is no duration.');
    url.searchParams.set('refresh', view.refresh);
  }
  if (view.theme !== undefined) url.searchParams.set('theme', view.theme);
  return url.href;
}

function rangeOf({ from, to }: DashboardView): { readonly from: string; readonly to: string } {
  for (const moment of [from, to])
    if (!/^(\d{1,15}|now([-+]\d{1,6}[smhdwMy])?(\/[smhdwMy])?)$/.test(moment))
      throw new AppError('invalidInput', `${JSON.stringify(moment)} is no moment that Grafana knows.`);
  return { from, to };
}

/** @throws invalidInput when the address is no http or https URL */
function below(base: string, path: string): URL {
  const url = URL.parse(base);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new AppError('invalidInput', `${JSON.stringify(base)} is no http or https address.`);
  const root = new URL(url.origin);
  root.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
  return root;
}
