import { traitsOf } from '../clusterTraits';
import type { ClusterIdentity } from '../model';

/**
 * What opens a shell in a container: the best of those that images usually have. In the embedded cluster a container is a
 * process of this machine, whose shell gets pipes instead of a terminal: it is told to talk to a person all the same.
 */
export function containerShell(kind: ClusterIdentity['kind'], isWindows: boolean): readonly string[] {
  if (traitsOf({ kind }).runsImages) return ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash; exec sh'];
  if (isWindows) return ['cmd.exe', '/Q'];
  return ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash --noediting -i; exec sh -i'];
}
