import { traitsOf } from '../../core/clusterTraits';
import type { Environment, WorktreeEntry } from '../../core/model';
import type { CleanupMemory } from '../../core/ports/cleanupNotices';
import type { EnvironmentUsage } from '../../core/ports/usages';
import type { Protection } from './cleanupRow';

/** What is to be known before something may go that nobody is asked about. */
export interface Unattended {
  /** Times by namespace; undefined: nobody can tell. */
  readonly visits: ReadonlyMap<string, number> | undefined;
  /** By namespace; a text says why nobody tells. */
  readonly usages: ReadonlyMap<string, EnvironmentUsage> | string | undefined;
  /** undefined: it cannot be read. */
  readonly memory: CleanupMemory | undefined;
}

/** What watches files and waits for requests uses less; what works at something uses more. Cores. */
const workingCores = 0.05;

/** Why nothing of a worktree goes by itself, beside what protects it from a person's cleanup. What is not known counts as use. */
export function unattendedProtections(
  { worktree, identity, environment, elsewhere }: WorktreeEntry,
  { visits, usages, memory }: Unattended,
): Protection[] {
  const refused = (text: string): Protection[] => [{ kind: 'refused', text }];
  if (!identity || elsewhere) return refused('it has no environment here');
  if (identity.state !== 'created') return refused('its create has not ended');
  if (worktree.locked !== undefined) return refused('it is locked');
  if (!memory) return refused('it cannot be told whether a person keeps it');
  const { namespace } = identity.names;
  if (!traitsOf(identity.cluster).isProcess || visits?.get(namespace) === undefined)
    return refused('it cannot be told whether somebody asks its services for anything');
  const untold = refused('it cannot be told whether its services work');
  if (usages === undefined || typeof usages === 'string') return untold;
  const use = usages.get(namespace);
  if (!use) return rests(environment) ? [] : untold;
  return use.cpuCores >= workingCores ? refused('its services work at something') : [];
}

/** What has no pods uses nothing, and nobody tells of it. */
function rests(environment: Environment | undefined): boolean {
  if (!environment) return false;
  return environment.services.length === 0 || environment.health === 'asleep' || environment.health === 'stopped';
}
