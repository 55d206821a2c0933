import { environmentParts } from '../app/environment/parts/environmentParts';
import type { Part } from '../app/environment/parts/part';
import type { Product } from '../app/product';
import type { DatabaseServers } from './databaseServers';
import type { LocalServers } from './localServers';
import { wireClusters } from './wireClusters';
import type { Connections } from './wireConnections';
import { wireDatabases } from './wireDatabases';
import { wireEnvironments } from './wireEnvironments';
import { wireInfra } from './wireInfra';
import type { Machine } from './wireMachine';

type Seldom = Pick<Product, 'environments' | 'databases' | 'clusters' | 'infra'>;

/** What a window does once in a while, if at all. */
export function wireSeldom(
  machine: Machine,
  connections: Connections,
  servers: DatabaseServers,
  local: LocalServers,
): Seldom {
  return {
    environments: wireEnvironments(machine, connections, servers),
    databases: wireDatabases(machine, connections, servers, local),
    clusters: wireClusters(machine, connections, servers, local),
    infra: wireInfra(machine, connections),
  };
}

/** What environments consist of: the snapshot needs it of the same chunk. */
export function consistsOf(): readonly Part[] {
  return environmentParts;
}
