import type { Product } from '../app/product';
import type { Settings } from '../core/settings';

interface GatewayContext {
  readonly product: Pick<Product, 'clusters'>;
  readonly settings: Settings;
}

/** To be called when this command has started the cluster: all addresses have a port that nobody asked for. */
export async function tellGatewayPort({ product, settings }: GatewayContext): Promise<void> {
  const wished = settings['gateway.port'];
  const port = await product.clusters.gatewayPort();
  if (port !== undefined && port !== wished)
    process.stderr.write(`! The gateway is at port ${port}: port ${wished} was taken.\n`);
}
