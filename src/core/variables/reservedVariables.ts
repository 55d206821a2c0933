/** Variables that Coppice sets itself: no environment file can set them, and no command takes them from whoever calls. */
export const reservedVariables: readonly string[] = [
  'COPPICE_MAIN_WORKTREE',
  'COPPICE_URL',
  'DATABASE_URL',
  'METRICS_PORT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SERVICE_NAME',
  'PORT',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'WORKTREE_BRANCH',
  'WORKTREE_NAME',
];

/** One a service, by the service's name. */
const reservedPrefix = 'COPPICE_URL_';

export function isReservedVariable(name: string): boolean {
  return reservedVariables.includes(name) || name.startsWith(reservedPrefix);
}
