import { traitsOf } from '../../core/clusterTraits';
import type { EnvironmentFile } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import { leadsPodToItself } from '../../core/services/leadsPodToItself';
import type { ClusterIdentity } from '../../core/model';
import type { Settings } from '../../core/settings';

export type DatabaseServerSettings = Pick<Settings, 'postgres.url' | 'postgres.podAddress'>;

const address = /^(?:([^\s:/@[\]]+)|\[([0-9a-f:.]+)\]):([0-9]{1,5})$/i;

/**
 * Refuses to give an environment of a real cluster a database that its pods can by no means reach. Reads settings only: whether
 * the server answers is for others to ask.
 *
 * @throws notConfigured naming the setting
 */
export function verifyDatabaseServer(
  cluster: ClusterIdentity,
  settings: DatabaseServerSettings,
  file: Pick<EnvironmentFile, 'database'>,
): void {
  if (traitsOf(cluster).podsSee === 'machine' || !file.database) return;
  const { 'postgres.url': url, 'postgres.podAddress': podAddress } = settings;
  if (podAddress !== '') {
    const [, name, ip, port] = address.exec(podAddress) ?? [];
    if (port === undefined || Number(port) < 1 || Number(port) > 65_535)
      refuse('postgres.podAddress', `coppice.postgres.podAddress is "${podAddress}": it must be a host and a port.`);
    if (leadsPodToItself(name ?? ip ?? ''))
      refuse('postgres.podAddress', `coppice.postgres.podAddress is ${podAddress}, which leads a pod to itself.`);
    return;
  }
  if (url === '') {
    refuse(
      'postgres.url',
      'The pods of this cluster cannot reach the PostgreSQL server that Coppice starts on this machine: set up infra, which brings one, or set coppice.postgres.url to one that they can.',
    );
  }
  if (URL.canParse(url) && leadsPodToItself(new URL(url).hostname)) {
    refuse(
      'postgres.podAddress',
      'coppice.postgres.url names this machine by an address that leads a pod to itself: set coppice.postgres.podAddress to the host and port by which pods reach it.',
    );
  }
}

function refuse(setting: keyof DatabaseServerSettings, message: string): never {
  throw new AppError('notConfigured', message, {
    remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting } },
  });
}
