import type { ServiceStatus } from '../model';

/** Neither ready, nor ended well, nor meant to have no pods. */
export function isTroubled({ health }: Pick<ServiceStatus, 'health'>): boolean {
  return health !== 'healthy' && health !== 'stopped' && health !== 'asleep';
}
