import { environmentDashboardUid, environmentPanels, metricNames, traceTags, type Panel } from './environmentPanels';
import { grafanaScope } from './scope';

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Uids of the data sources that charts/infra provisions. */
export const dataSourceUids = { prometheus: 'prometheus', loki: 'loki', jaeger: 'jaeger' } as const;

const widthOfRow = 24;
const columns = 3;

/** The dashboard of one environment as Grafana's own JSON, in the classic form that every Grafana since 10 reads. */
export function grafanaDashboard(): { readonly [key: string]: Json } {
  return {
    uid: environmentDashboardUid,
    title: 'Environment',
    description: 'One environment of Coppice, by its namespace. The choice of a namespace is a view, not a boundary.',
    tags: ['coppice'],
    schemaVersion: 39,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [],
    templating: { list: [namespaceVariable(), serviceVariable()] },
    panels: environmentPanels.map(toGrafana),
  };
}

function namespaceVariable(): Json {
  const query = `label_values(${metricNames.memory}, namespace)`;
  return variable('namespace', 'Namespace', query);
}

/** Jaeger searches the traces of one service at a time. */
function serviceVariable(): Json {
  return variable('service', 'Service', `label_values(${metricNames.memory}{namespace="$namespace"}, container)`);
}

function variable(name: string, label: string, query: string): Json {
  return {
    type: 'query',
    name,
    label,
    datasource: { type: 'prometheus', uid: dataSourceUids.prometheus },
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: false,
    includeAll: false,
    hide: 0,
  };
}

function toGrafana(panel: Panel, index: number): Json {
  const datasource = { type: panel.source, uid: dataSourceUids[panel.source] };
  const common = {
    id: panel.id,
    title: panel.title,
    description: panel.description,
    datasource,
    gridPos: place(panel, index),
  };
  switch (panel.source) {
    case 'prometheus':
      return {
        ...common,
        type: 'timeseries',
        fieldConfig: {
          defaults: { unit: panel.unit, min: 0, custom: { drawStyle: 'line', fillOpacity: 10, showPoints: 'never' } },
          overrides: [],
        },
        options: {
          legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
        targets: panel.queries.map((query, at) => ({
          refId: refId(at),
          datasource,
          expr: query.text(grafanaScope),
          legendFormat: query.legend,
          range: true,
        })),
      };
    case 'loki':
      return {
        ...common,
        type: 'logs',
        options: {
          showTime: true,
          showLabels: false,
          showCommonLabels: false,
          wrapLogMessage: true,
          enableLogDetails: true,
          dedupStrategy: 'none',
          sortOrder: 'Descending',
        },
        targets: panel.queries.map((query, at) => ({
          refId: refId(at),
          datasource,
          expr: query.text(grafanaScope),
          queryType: 'range',
        })),
      };
    case 'jaeger':
      return {
        ...common,
        type: 'table',
        options: { showHeader: true },
        targets: [
          {
            refId: 'A',
            datasource,
            queryType: 'search',
            service: '$service',
            tags: `${traceTags.namespace}=${grafanaScope.namespace}`,
            limit: 50,
          },
        ],
      };
  }
}

/** Charts side by side in rows; logs and traces below, each as wide as the page. */
function place(panel: Panel, index: number): Json {
  const width = widthOfRow / columns;
  const charts = environmentPanels.filter(({ source }) => source === 'prometheus').length;
  if (panel.source === 'prometheus')
    return { x: (index % columns) * width, y: Math.floor(index / columns) * 8, w: width, h: 8 };
  return { x: 0, y: Math.ceil(charts / columns) * 8 + (index - charts) * 10, w: widthOfRow, h: 10 };
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
