import type { Product } from '../app/product';
import { databaseServers } from './databaseServers';
import { infraAccess } from './infraAccess';
import { localServers } from './localServers';
import type { ProgramContext } from './programContext';
import { onCall } from './onCall';
import { once } from './once';
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
  // One chunk for all: what several chunks share is chunks of its own, and each of those costs every window that starts.
  const seldom = once(async () => (await import('./wireSeldom')).wireSeldom(machine, connections, servers, local));
  return {
    home: machine.home,
    environments: onCall(async () => (await seldom()).environments, {
      plan: true,
      create: true,
      delete: true,
      deleteOrphan: true,
      deleteByNamespace: true,
      finishDelete: true,
      variables: true,
      every: true,
    }),
    snapshots: wireSnapshots(machine, connections),
    worktrees: wireWorktrees(machine),
    databases: onCall(async () => (await seldom()).databases, {
      checkServer: true,
      refreshTemplate: true,
      recipeAges: true,
      returnServer: true,
    }),
    services: wireServices(machine, connections),
    clusters: onCall(async () => (await seldom()).clusters, {
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
    infra: onCall(async () => (await seldom()).infra, {
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
