import { definePart } from './part';

/** Where programs send what they measure, how, and what it is marked with. */
export const telemetryPart = definePart({
  id: 'telemetry',
  variables: ({ identity: { names }, branch, settings }) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: settings['telemetry.otlpEndpoint'],
    OTEL_EXPORTER_OTLP_PROTOCOL: protocolOf(settings['telemetry.otlpEndpoint']),
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes({
      'k8s.namespace.name': names.namespace,
      'coppice.worktree': names.slug,
      'coppice.branch': branch,
    }),
  }),
});

/** Told nothing, Python's (1.45.2) speaks gRPC to whatever port, and Node.js's (0.301.0) HTTP: 4317 is gRPC's own. */
function protocolOf(endpoint: string): string {
  return URL.canParse(endpoint) && new URL(endpoint).port === '4317' ? 'grpc' : 'http/protobuf';
}

/** Of a longer value that of Node.js (resources 3.1.1) throws the whole variable away, and with it whose telemetry it is. */
const longestValue = 255;

/**
 * Values are percent-encoded where the resource specification asks for it (`,` and `=`), and where one of its readers would not take them
 * as they are: the one of Rust decodes nothing by its source, so that the slash of a branch's name stays a slash. What is too long ends early.
 */
function resourceAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${shortened(value).replaceAll(/[^\w./@+#-]/gu, encodeURIComponent)}`)
    .join(',');
}

function shortened(value: string): string {
  // Half of a pair has no encoding.
  return value.slice(0, longestValue).replace(/[\uD800-\uDBFF]$/, '');
}
