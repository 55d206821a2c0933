/** Argument vectors of k3d 5; names of clusters are letters, digits and hyphens, and never begin with one. */
export const k3dArguments = {
  version: (): string[] => ['version'],
  create: (configFile: string): string[] => ['cluster', 'create', '--config', configFile],
  list: (): string[] => ['cluster', 'list', '--output', 'json'],
  registries: (): string[] => ['registry', 'list', '--output', 'json'],
  kubeconfig: (name: string): string[] => ['kubeconfig', 'get', name],
  start: (name: string): string[] => ['cluster', 'start', name, '--wait', '--timeout', '5m'],
  stop: (name: string): string[] => ['cluster', 'stop', name],
  delete: (name: string): string[] => ['cluster', 'delete', name],
} as const;
