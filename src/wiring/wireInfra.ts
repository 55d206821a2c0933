import { infraStatus } from '../app/infra/infraStatus';
import { infraContents, removeInfra } from '../app/infra/removeInfra';
import { setUpInfra, type InfraPorts } from '../app/infra/setUpInfra';
import type { Product } from '../app/product';
import { infraNamespace, infraSecrets } from '../core/clusters/infra';
import { lazy } from './lazy';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** What all environments of a cluster share: made, seen and removed. */
export function wireInfra({ git, clock, settings }: Machine, { at }: Connections): Product['infra'] {
  const ports = async ({ folder }: { readonly folder: string }): Promise<InfraPorts> => {
    const to = await at(folder);
    const [{ locks }, cluster, releases, infra] = await Promise.all([git(), to.cluster(), to.releases(), to.infra()]);
    return { cluster, releases, infra, locks, clock, settings };
  };
  return {
    setUp: lazy(ports, setUpInfra),
    status: lazy(ports, infraStatus),
    contents: lazy(ports, infraContents),
    remove: lazy(ports, removeInfra),
    grafanaPassword: async (folder, signal) => {
      const { cluster } = await ports({ folder });
      return (await cluster.readSecret(infraNamespace, infraSecrets.grafana, signal))?.['password'];
    },
  };
}
