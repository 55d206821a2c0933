import { FreePorts } from '../../packages/cluster/src/network/freePort';

/** Two ports that nothing uses, one after the other, below those of outgoing connections: nobody takes one by chance. */
export async function neighbourPorts(): Promise<readonly [number, number]> {
  const ports = new FreePorts();
  for (;;) {
    const port = await ports.take();
    if (await ports.takeThis(port + 1)) return [port, port + 1];
  }
}
