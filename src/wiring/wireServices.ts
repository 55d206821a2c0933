import type { Product } from '../app/product';
import { urlTrouble } from '../app/services/urlTrouble';
import { onCall } from './onCall';
import type { Connections } from './wireConnections';
import type { Machine } from './wireMachine';
import type { ServiceActions } from './wireServiceActions';

/**
 * What is done with an environment's services, and how they are reached.
 *
 * @param actions called with each of what is done with one service: keeps what it has loaded
 */
export function wireServices(
  { git, environmentFiles, env }: Machine,
  { current, at }: Connections,
  actions: () => Promise<ServiceActions>,
): Product['services'] {
  return {
    ...onCall(actions, { restart: true, scale: true, describe: true, ports: true, forward: true, exec: true }),
    usage: async (folder, signal) => (await (await at(folder)).usages()).read(signal),
    logs: async function* (namespace, service, options, signal) {
      yield* (await (await current()).workloads()).logs(namespace, service, options, signal);
    },
    logFeed: async (namespace, listener) => {
      const [{ LogFeed, logFeedTail }, { setTimeout: delay }] = await Promise.all([
        import('../app/logs/logFeed'),
        import('node:timers/promises'),
      ]);
      const runs = async function* (service: string, signal: AbortSignal) {
        yield* (await (await current()).workloads()).runs(namespace, service, logFeedTail, signal);
      };
      const pause = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined);
      return new LogFeed({ runs, pause }, listener);
    },
    lastEdit: async (worktree, signal) => (await git()).worktrees.lastEdit(worktree, signal),
    source: async (request, signal) => {
      const [{ findSource }, { HostSourceFiles }] = await Promise.all([
        import('../app/logs/findSource'),
        import('../adapters/exec/hostSourceFiles'),
      ]);
      return findSource(
        { environmentFiles: await environmentFiles(), sources: new HostSourceFiles() },
        request,
        signal,
      );
    },
    urlTrouble: async (url, cluster) => {
      const { HostResolver } = await import('../adapters/exec/hostResolver');
      return urlTrouble(new HostResolver(), cluster ?? (await current()).identity, url);
    },
    openInBrowser: async (url) => (await import('../adapters/exec/openInBrowser')).openInBrowser(url, env),
  };
}
