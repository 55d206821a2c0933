import type { ClusterAccess } from '../../core/ports/cluster';

/** Which release of which cluster: said in full each time, so that nothing ambient can decide it. */
export interface ReleaseAddress {
  readonly release: string;
  readonly namespace: string;
  readonly access: ClusterAccess;
}

/** @param valuesFiles what a later one says counts */
export function upgradeArguments(address: ReleaseAddress, chart: string, valuesFiles: readonly string[]): string[] {
  return [
    'upgrade',
    address.release,
    chart,
    '--install',
    ...valuesFiles.flatMap((file) => ['--values', file]),
    '--history-max',
    '5',
    ...where(address),
  ];
}

export function rollbackArguments(address: ReleaseAddress, revision: number): string[] {
  return ['rollback', address.release, String(revision), '--history-max', '5', ...where(address)];
}

export function uninstallArguments(address: ReleaseAddress): string[] {
  return ['uninstall', address.release, ...where(address)];
}

export function historyArguments(address: ReleaseAddress): string[] {
  return ['history', address.release, '--output', 'json', ...where(address)];
}

/** Whatever the state of its last revision: a plain list leaves out what is pending. */
export function listArguments(address: ReleaseAddress): string[] {
  const states = ['--deployed', '--failed', '--pending', '--superseded', '--uninstalled', '--uninstalling'];
  return ['list', '--filter', `^${address.release}$`, ...states, '--output', 'json', ...where(address)];
}

function where({ namespace, access }: ReleaseAddress): string[] {
  return ['--namespace', namespace, '--kubeconfig', access.kubeconfig, '--kube-context', access.context];
}
