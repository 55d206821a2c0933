import {
  dashboardUrl,
  exploreLogsUrl,
  panelUrl,
  traceSearchUrl,
  type DashboardView,
} from '../../core/dashboards/dashboardLinks';
import { environmentPanels } from '../../core/dashboards/environmentPanels';
import { metricsUrl } from '../../core/dashboards/metricsUrl';
import type { Frame, Link, View } from '../../../webview/protocol';
import type { TelemetryAddresses } from '../../app/telemetry/telemetryAddresses';

/** What the addresses of panels and links are made of. */
export interface PanelsInput {
  /** As a browser reaches them. */
  readonly addresses: TelemetryAddresses;
  readonly namespace: string;
  readonly view: View;
  readonly theme: 'light' | 'dark';
  /** The environment's, by name. */
  readonly services: readonly string[];
}

/** One frame for each panel of the definition, with this namespace. @throws invalidInput when it is no namespace's name */
export function framesOf(grafana: string, input: PanelsInput): Frame[] {
  const view = dashboardView(input);
  return environmentPanels.map(({ name, title }) => ({ panel: name, title, url: panelUrl(grafana, name, view) }));
}

/** Ways to the same view in the tools themselves. @throws invalidInput when it is no namespace's name */
export function linksOf(input: PanelsInput): Link[] {
  const { addresses, namespace, view, services } = input;
  const { grafana, prometheus, jaeger } = addresses;
  const seen = dashboardView(input);
  const ofService = view.service === '' ? withoutService(seen) : seen;
  const traced = view.service || services[0];
  return [
    ...(grafana === undefined
      ? []
      : [
          { title: 'Grafana', url: dashboardUrl(grafana, seen) },
          { title: 'Logs in Explore', url: exploreLogsUrl(grafana, ofService) },
        ]),
    ...(jaeger === undefined || traced === undefined
      ? []
      : [{ title: 'Traces in Jaeger', url: traceSearchUrl(jaeger, namespace, traced) }]),
    ...(prometheus === undefined
      ? []
      : [{ title: 'Prometheus', url: metricsUrl(prometheus, 'requests', namespace, view.range) }]),
  ];
}

function dashboardView({ namespace, view, theme, services }: PanelsInput): DashboardView {
  // Traces are those of one service.
  const service = view.service || services[0];
  return {
    namespace,
    from: `now-${view.range}`,
    to: 'now',
    theme,
    ...(view.refresh === 'off' ? {} : { refresh: view.refresh }),
    ...(service === undefined ? {} : { service }),
  };
}

function withoutService({ service: _, ...view }: DashboardView): DashboardView {
  return view;
}
