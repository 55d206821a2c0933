import type { Product } from '../app/product';
import type { DatabaseServers } from './databaseServers';
import type { WiredServers } from './localServers';
import type { InfraAccess } from './infraAccess';
import { wireAgentTools } from './wireAgentTools';
import { wireCleanup } from './wireCleanup';
import { wireClusters } from './wireClusters';
import type { Connections } from './wireConnections';
import { wireDatabases } from './wireDatabases';
import { wireDiagnosis } from './wireDiagnosis';
import { wireEnvironments } from './wireEnvironments';
import { wireHealth } from './wireHealth';
import { wireHooks } from './wireHooks';
import { wireInfra } from './wireInfra';
import { wireInit } from './wireInit';
import { wirePool } from './wirePool';
import { wirePromotions } from './wirePromotions';
import { wireReports } from './wireReports';
import { wireSandbox } from './wireSandbox';
import { wireSamples } from './wireSamples';
import { wireServiceActions, type ServiceActions } from './wireServiceActions';
import { wireTools } from './wireTools';
import { wireTrash } from './wireTrash';
import type { Machine } from './wireMachine';

type Seldom = Pick<
  Product,
  | 'environments'
  | 'trash'
  | 'cleanup'
  | 'databases'
  | 'clusters'
  | 'agentTools'
  | 'diagnosis'
  | 'health'
  | 'infra'
  | 'hooks'
  | 'pool'
  | 'promotions'
  | 'reports'
  | 'samples'
  | 'tools'
> & {
  readonly serviceActions: ServiceActions;
  readonly planSandbox: ReturnType<typeof wireSandbox>;
  readonly environmentFile: Pick<Product['environmentFile'], 'propose' | 'write' | 'schema'>;
};

/** What a window does once in a while, if at all. */
export function wireSeldom(
  machine: Machine,
  connections: Connections,
  servers: DatabaseServers,
  local: WiredServers,
  snapshots: Product['snapshots'],
  services: Product['services'],
  infra: InfraAccess,
): Seldom {
  const pool = wirePool(machine, connections);
  const environments = wireEnvironments(machine, connections, servers, snapshots, pool);
  const clusters = wireClusters(machine, connections, servers, local);
  const databases = wireDatabases(machine, connections, servers, local);
  const trash = wireTrash(machine, connections, servers);
  const diagnosis = wireDiagnosis(machine, connections, servers, local, { clusters, snapshots, infra });
  const planSandbox = wireSandbox(machine, connections, { environments, snapshots });
  return {
    environments,
    planSandbox,
    pool,
    promotions: wirePromotions(machine, environments),
    trash,
    cleanup: wireCleanup(machine, environments, snapshots, services),
    hooks: wireHooks(machine, environments),
    health: wireHealth(machine, connections, servers, {
      environments,
      trash,
      clusters,
      databases,
      snapshots,
      services,
      planSandbox,
    }),
    diagnosis,
    agentTools: wireAgentTools(machine, { diagnosis, databases, environments, services, snapshots }),
    databases,
    serviceActions: wireServiceActions(machine, connections),
    clusters,
    infra: wireInfra(machine, connections),
    environmentFile: wireInit(machine),
    samples: wireSamples(machine),
    reports: wireReports(machine, { environments, clusters, snapshots }),
    tools: wireTools(machine),
  };
}
