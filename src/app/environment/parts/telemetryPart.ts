import { definePart } from './part';

/** Where programs send what they measure, and what it is marked with. */
export const telemetryPart = definePart({
  id: 'telemetry',
  variables: ({ identity: { names }, branch, settings }) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: settings['telemetry.otlpEndpoint'],
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes({
      'k8s.namespace.name': names.namespace,
      'coppice.worktree': names.slug,
      'coppice.branch': branch,
    }),
  }),
});

/** Values are percent-encoded outside of baggage-octets, as the OpenTelemetry resource specification asks. */
function resourceAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',');
}
