import type { UsesRecord } from '../model';
import type { UsedAddress } from '../usedTool';
import { isUsedTool, usedTools } from './usedTools';

export type UsedFrom = 'machine' | 'pods' | 'outside';

/**
 * What programs are told of the services that an environment uses: each by its own name (`CACHE_URL`), the first of a kind by the names
 * that programs know as well (`REDIS_URL`).
 *
 * @param from where the variables go to: to programs of this machine that reach them, to pods of a cluster that runs containers, or to
 *   programs of this machine beside such a cluster, which do not reach them. What those get leads nowhere, and says so: whoever reads a
 *   copied .env leaves alone what is set, and so does not come upon the main worktree's.
 */
export function usedVariables({ services }: UsesRecord, from: UsedFrom): Readonly<Record<string, string>> {
  const named: Record<string, string> = {};
  const known: Record<string, string> = {};
  for (const [service, { tool: name, ports, isDatabase, isGone }] of Object.entries(services)) {
    // A newer version of Coppice may know more of them.
    if (isGone || !isUsedTool(name)) continue;
    const tool = usedTools[name];
    const at = (port: string): UsedAddress => ({
      host: hosts[from](service),
      port: (from === 'machine' ? ports[port] : tool.ports[port]) ?? 0,
    });
    const own = tool.variables(at);
    for (const [variable, value] of Object.entries(own)) named[usedVariable(service, variable)] = value;
    for (const [variable, value] of Object.entries(tool.known(own))) if (value !== undefined) known[variable] ??= value;
    if (!isDatabase) continue;
    // As PostgreSQL is told of.
    const { URL, HOST, PORT, USER, PASSWORD, DATABASE } = own;
    const parts = { URL, HOST, PORT, USER, PASSWORD, NAME: DATABASE };
    for (const [part, value] of Object.entries(parts)) if (value !== undefined) known[`DATABASE_${part}`] = value;
  }
  return { ...known, ...named };
}

const hosts: Readonly<Record<UsedFrom, (service: string) => string>> = {
  machine: () => '127.0.0.1',
  pods: (service) => service,
  outside: (service) => `${service}.only-in-the-cluster.coppice.invalid`,
};

/** `CACHE_URL` of the service `cache`. */
export function usedVariable(service: string, variable: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_${variable}`;
}
