import type { Product } from '../app/product';
import { databaseServers } from './databaseServers';
import { infraAccess } from './infraAccess';
import { localServers } from './localServers';
import type { ProgramContext } from './programContext';
import { wireAgents } from './wireAgents';
import { wireClusters } from './wireClusters';
import { wireConnections } from './wireConnections';
import { wireDatabases } from './wireDatabases';
import { wireEnvironments } from './wireEnvironments';
import { wireInfra } from './wireInfra';
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
    environments: wireEnvironments(machine, connections, servers),
    snapshots: wireSnapshots(machine, connections),
    worktrees: wireWorktrees(machine),
    databases: wireDatabases(machine, connections, servers, local),
    services: wireServices(machine, connections),
    clusters: wireClusters(machine, connections, servers, local),
    infra: wireInfra(machine, connections),
    agents: wireAgents(machine),
    telemetry: wireTelemetry(machine, connections, infra),
    environmentFile: { check: async (text) => (await machine.environmentFiles()).check(text) },
  };
}
