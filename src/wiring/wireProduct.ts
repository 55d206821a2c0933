import type { Product } from '../app/product';
import { databaseServers } from './databaseServers';
import { infraAccess } from './infraAccess';
import { localServers } from './localServers';
import type { ProgramContext } from './programContext';
import { onCall } from './onCall';
import { wireAgents } from './wireAgents';
import { wireConnections } from './wireConnections';
import { wireMachine } from './wireMachine';
import { wireServices } from './wireServices';
import { wireSnapshots } from './wireSnapshots';
import { wireTelemetry } from './wireTelemetry';
import { wireWorktrees } from './wireWorktrees';

/** The product, built of adapters that are loaded when they are first used: to build it costs nothing. */
export function wireProduct(programContext: ProgramContext): Product {
  const machine = wireMachine(programContext);
  const connections = wireConnections(machine);
  const infra = infraAccess();
  const servers = databaseServers(machine, infra);
  const local = localServers(machine, connections, servers);
  return {
    home: machine.home,
    environments: onCall(
      async () => (await import('./wireEnvironments')).wireEnvironments(machine, connections, servers),
      {
        plan: true,
        create: true,
        delete: true,
        deleteOrphan: true,
        deleteByNamespace: true,
        finishDelete: true,
        variables: true,
        every: true,
      },
    ),
    snapshots: wireSnapshots(machine, connections),
    worktrees: wireWorktrees(machine),
    databases: onCall(
      async () => (await import('./wireDatabases')).wireDatabases(machine, connections, servers, local),
      { checkServer: true, refreshTemplate: true, recipeAges: true, returnServer: true },
    ),
    services: wireServices(machine, connections),
    clusters: onCall(async () => (await import('./wireClusters')).wireClusters(machine, connections, servers, local), {
      status: true,
      options: true,
      choose: true,
      setUp: true,
      start: true,
      stop: true,
      contents: true,
      delete: true,
      local: true,
      gatewayPort: true,
    }),
    infra: onCall(async () => (await import('./wireInfra')).wireInfra(machine, connections), {
      setUp: true,
      status: true,
      contents: true,
      remove: true,
      grafanaPassword: true,
    }),
    agents: wireAgents(machine),
    telemetry: wireTelemetry(machine, connections, infra),
    environmentFile: { check: async (text) => (await machine.environmentFiles()).check(text) },
  };
}
