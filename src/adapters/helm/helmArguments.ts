import type { ClusterAccess } from '../../core/ports/cluster';
import type { HelmVersion } from './helmVersion';

/** Which release of which cluster: said in full each time, so that nothing ambient can decide it. */
export interface ReleaseAddress {
  readonly release: string;
  readonly namespace: string;
  readonly access: ClusterAccess;
}

/**
 * @param chart ours is valid whatever its values are, and Helm need not read the schema of all of Kubernetes for it: what is wrong all
 *   the same, the API server refuses
 * @param valuesFiles what a later one says counts
 */
export function upgradeArguments(
  address: ReleaseAddress,
  chart: { readonly folder: string; readonly isOurs: boolean },
  valuesFiles: readonly string[],
  version: HelmVersion,
): string[] {
  return [
    'upgrade',
    address.release,
    chart.folder,
    '--install',
    ...(chart.isOurs ? ['--disable-openapi-validation'] : []),
    ...valuesFiles.flatMap((file) => ['--values', file]),
    '--history-max',
    '5',
    ...applying(version),
    ...where(address),
  ];
}

export function rollbackArguments(address: ReleaseAddress, revision: number, version: HelmVersion): string[] {
  const argv = ['rollback', address.release, String(revision), '--history-max', '5'];
  return [...argv, ...applying(version), ...where(address)];
}

export function uninstallArguments(address: ReleaseAddress): string[] {
  return ['uninstall', address.release, ...where(address)];
}

export function historyArguments(address: ReleaseAddress): string[] {
  return ['history', address.release, '--output', 'json', ...where(address)];
}

export function valuesArguments(address: ReleaseAddress): string[] {
  return ['get', 'values', address.release, '--output', 'json', ...where(address)];
}

/** Whatever the state of its last revision: a plain list leaves out what is pending. */
export function listArguments(address: ReleaseAddress): string[] {
  const states = ['--deployed', '--failed', '--pending', '--superseded', '--uninstalled', '--uninstalling'];
  return ['list', '--filter', `^${address.release}$`, ...states, '--output', 'json', ...where(address)];
}

/**
 * From 4 on Helm goes on as the release was last applied. By the server, each field that something else has set meanwhile, as a
 * scale does, is a conflict, and the update fails; to force it is an error where Helm 3 was last. Compared by the client, as all
 * of Helm 3 do, the chart's word counts, whoever made the release and whoever changes it next.
 */
function applying({ major }: HelmVersion): string[] {
  return major >= 4 ? ['--server-side=false'] : [];
}

function where({ namespace, access }: ReleaseAddress): string[] {
  return ['--namespace', namespace, '--kubeconfig', access.kubeconfig, '--kube-context', access.context];
}
