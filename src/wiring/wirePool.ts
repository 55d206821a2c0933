import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { emptyPool } from '../app/pool/emptyPool';
import { fillPool } from '../app/pool/fillPool';
import type { PoolPorts } from '../app/pool/poolPorts';
import { poolStatus } from '../app/pool/poolStatus';
import type { Product } from '../app/product';
import { settingVariables } from '../core/settingVariable';
import { lazy } from './lazy';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** How long one that nobody waits for waits for the machine to have room. Seconds. */
const patience = 600;

/** Worktrees that are kept ready for the next creates. */
export function wirePool(machine: Machine, connections: Connections): Product['pool'] {
  const { root, home, env, execPath, settings } = machine;
  const ports = async ({ folder }: { readonly folder: string }): Promise<PoolPorts> => {
    const { identity } = await connections.at(folder);
    const { commands, machineLoad } = await machine.host();
    return {
      ...(await machine.worktreePorts()),
      ...(await machine.worktreeState()),
      ...(await machine.approvalPorts()),
      ...(await machine.spares()),
      ...{ commands, machineLoad, cluster: { identity } },
      environmentFiles: await machine.environmentFiles(),
      dependencies: await machine.dependencies(),
      newId: () => randomBytes(6).toString('hex'),
      settings,
    };
  };
  return {
    fill: lazy(ports, fillPool),
    empty: lazy(ports, emptyPool),
    status: async (folder, signal) => poolStatus(await ports({ folder }), folder, signal),
    refill: async (folder) => {
      if (settings()['pool.size'] === 0) return;
      const { OwnProcess } = await import('../adapters/exec/ownProcess');
      const program = new OwnProcess({
        ...{ execPath, cli: join(root, 'dist', 'cli.js'), logFolder: join(home, 'logs', 'pool') },
        env: { ...env, ...settingVariables(settings()), COPPICE_HOME: home },
      });
      const run = await program.start(['pool', 'fill', '--patience', String(patience)], folder, `pool ${folder}`);
      await run.letGo();
    },
  };
}
