import type { CliContext } from './context';

/** To be called when this command has started the cluster: all addresses have a port that nobody asked for. */
export async function tellGatewayPort({ product, settings }: CliContext): Promise<void> {
  const wished = settings['gateway.port'];
  const port = await product.clusters.gatewayPort();
  if (port !== undefined && port !== wished)
    process.stderr.write(`! The gateway is at port ${port}: port ${wished} was taken.\n`);
}
