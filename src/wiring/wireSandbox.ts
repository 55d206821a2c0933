import { planSandbox } from '../app/agents/planSandbox';
import type { Product } from '../app/product';
import { once } from './once';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';

/** What agents may do that are started in a sandbox. */
export function wireSandbox(
  { git, paths, settings }: Machine,
  connections: Connections,
  { environments, snapshots }: Pick<Product, 'environments' | 'snapshots'>,
): ReturnType<typeof planSandbox> {
  const plan = once(async () =>
    planSandbox({
      ...(await git()),
      readSnapshot: (folder, signal) => snapshots.read(folder, signal),
      variables: (folder, signal) => environments.variables(folder, signal),
      server: async (folder, signal) => (await (await (await connections.at(folder)).cluster()).probe(signal))?.server,
      ...{ paths, settings },
    }),
  );
  return async (folder, signal) => (await plan())(folder, signal);
}
