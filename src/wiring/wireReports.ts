import { homedir } from 'node:os';
import type { Product } from '../app/product';
import { makeReport } from '../app/report/makeReport';
import { helmProgram } from './helmProgram';
import { kubeconfigsOf } from './hostPaths';
import { lazy } from './lazy';
import type { Machine } from './wireMachine';

type Asked = Pick<Product, 'environments' | 'clusters' | 'snapshots'>;

/** What somebody wants to know who is to find out why something does not work. */
export function wireReports(machine: Machine, { environments, clusters, snapshots }: Asked): Product['reports'] {
  const { root, home, env, settings, clock, postgresPassword } = machine;
  const ports = async () => {
    const { HostReportSources } = await import('../adapters/exec/hostReportSources');
    const helm = await helmProgram(machine);
    const sources = new HostReportSources({
      ...{ root, home, env, userFolder: homedir() },
      programs: () => ({
        git: ['git', '--version'],
        Helm: [settings()['helm.path'] || helm, 'version', '--short'],
        Docker: ['docker', '--version'],
        k3d: ['k3d', '--version'],
      }),
      kubeconfigs: () => kubeconfigsOf(settings(), env),
    });
    return {
      ...{ sources, settings, clock, postgresPassword },
      environmentFiles: await machine.environmentFiles(),
      readSnapshot: (folder: string, signal: AbortSignal) => snapshots.read(folder, signal),
      clusterStatus: (signal: AbortSignal) => clusters.status(undefined, signal),
      variables: (folder: string, signal: AbortSignal) => environments.variables(folder, signal),
    };
  };
  return { make: lazy(ports, makeReport) };
}
