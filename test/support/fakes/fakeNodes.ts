import { AppError } from '../../../src/core/errors';
import type { ClusterNode, Nodes, ThisMachine } from '../../../src/core/ports/nodes';

/** A node of a cluster elsewhere. */
export const remoteNode: ClusterNode = {
  name: 'node-1',
  hostName: 'node-1',
  runtime: 'containerd://1.7.2',
  kernel: '5.15.0',
  machineId: 'aaaa',
  bootId: 'bbbb',
};

const machine = { machineId: 'cccc', bootId: 'dddd' };

/** The only node of a cluster on this very machine. */
export const nodeHere: ClusterNode = { ...remoteNode, ...machine, name: 'here', hostName: 'here' };

/** Nodes in memory, and the machine that asks for them. */
export class FakeNodes implements Nodes, ThisMachine {
  /** undefined: this user may not see them. */
  nodes: readonly ClusterNode[] | undefined = [nodeHere];
  machine: { machineId: string; bootId: string } | undefined = machine;

  async list(): Promise<readonly ClusterNode[]> {
    if (!this.nodes) throw new AppError('denied', 'This user may not list nodes.');
    return this.nodes;
  }

  async identity(): Promise<{ machineId: string; bootId: string } | undefined> {
    return this.machine;
  }
}
