import type { SandboxPlan } from '../../core/agents/sandboxPlan';
import type { Snapshot } from '../../core/model';
import type { Paths } from '../../core/ports/host';
import type { Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';
import { entryAt } from '../diagnosis/entryAt';

export interface SandboxPorts {
  readonly worktrees: Pick<Worktrees, 'repository'>;
  readonly readSnapshot: (folder: string, signal: AbortSignal) => Promise<Snapshot>;
  /** What a worktree's commands and terminals are told; undefined: it has no environment, or nobody can tell now. */
  readonly variables: (folder: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>> | undefined>;
  /** Address of the cluster's API server; undefined: it does not answer now. */
  readonly server: (folder: string, signal: AbortSignal) => Promise<string | undefined>;
  readonly paths: Pick<Paths, 'contains'>;
  readonly settings: () => Pick<Settings, 'agent.sandboxHosts'>;
}

/** Of addresses that name none. */
const ports: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'postgres:': '5432',
  'postgresql:': '5432',
};

/**
 * What commands of an agent in a sandbox may do for this worktree's environment: reach its URLs, its database and whatever else its
 * variables lead to, the API server of its cluster and what the person has added.
 *
 * @throws notFound outside of a worktree
 */
export function planSandbox({ worktrees, readSnapshot, variables, server, paths, settings }: SandboxPorts) {
  return async (folder: string, signal: AbortSignal): Promise<SandboxPlan> => {
    const [{ commonDir }, snapshot] = await Promise.all([
      worktrees.repository(folder, signal),
      readSnapshot(folder, signal),
    ]);
    const { environment } = entryAt(paths, snapshot, folder, undefined);
    const known = environment
      ? [
          ...environment.services.flatMap(({ urls }) => urls),
          ...Object.values((await variables(folder, signal)) ?? {}),
          (await server(folder, signal)) ?? '',
        ]
      : [];
    return {
      hosts: [...new Set([...known.flatMap(hostOf), ...settings()['agent.sandboxHosts']])],
      gitFolder: commonDir,
    };
  };
}

/** None of what is no URL. */
function hostOf(text: string): readonly string[] {
  if (!/^[a-z][a-z+.-]*:\/\//i.test(text) || !URL.canParse(text)) return [];
  const { protocol, hostname, port } = new URL(text);
  const shown = port || ports[protocol];
  return hostname === '' ? [] : [shown === undefined ? hostname : `${hostname}:${shown}`];
}
