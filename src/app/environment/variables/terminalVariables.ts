import { isAppError } from '../../../core/errors';
import { refuseElsewhere } from '../../cluster/refuseElsewhere';
import { worktreeAt, type WorktreeAtPorts } from '../../worktrees/worktreeAt';
import { environmentParts } from '../parts/environmentParts';
import type { Part } from '../parts/part';
import {
  machineVariablesOf,
  portText,
  variablesOf,
  type MachinePorts,
  type TelemetrySettings,
} from '../parts/variables';

export interface TerminalPorts extends WorktreeAtPorts, MachinePorts {
  readonly settings: () => TelemetrySettings;
}

/** What terminals and agents in a worktree's folder see of its environment; undefined: it has none, or nobody can tell now. */
export function terminalVariables(
  ports: TerminalPorts,
  parts: readonly Part[] = environmentParts,
): (folder: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>> | undefined> {
  return async (folder, signal) => {
    const { worktree, identity, repository } = await worktreeAt(ports, folder, signal);
    if (!identity) return undefined;
    try {
      refuseElsewhere(identity, ports.cluster.identity);
      const access = await ports.cluster.probe(signal);
      const branch = worktree.branch ?? identity.names.slug;
      return {
        ...variablesOf(parts, {
          ...{ identity, branch, settings: ports.settings(), mainFolder: repository.root },
          urlPort: portText(await ports.cluster.urlPort()),
        }),
        ...(await machineVariablesOf(parts, { ports, identity, access, signal })),
      };
    } catch (error) {
      if (isAppError(error)) return undefined;
      throw error;
    }
  };
}
