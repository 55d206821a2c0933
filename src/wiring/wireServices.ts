import { countedAsUse } from '../app/cleanup/countedAsUse';
import type { Product } from '../app/product';
import { describeService } from '../app/services/describeService';
import { execInService } from '../app/services/execInService';
import { forwardPort } from '../app/services/forwardPort';
import { restartService } from '../app/services/restartService';
import { scaleService } from '../app/services/scaleService';
import type { ServiceAt } from '../app/services/serviceAt';
import { servicePorts } from '../app/services/servicePorts';
import { urlTrouble } from '../app/services/urlTrouble';
import { callerVariables } from '../core/callerVariables';
import { lazy } from './lazy';
import type { Connections } from './wireConnections';
import { wireKeep } from './wireKeep';
import type { Machine } from './wireMachine';

/** What is done with an environment's services, and how they are reached. */
export function wireServices(
  machine: Machine,
  { workloadPorts, wakePorts: startPorts, current, at }: Connections,
): Product['services'] {
  const { env } = machine;
  const keep = wireKeep(machine);
  const wakePorts = async (at: ServiceAt) => ({
    ...(await startPorts(at)),
    callerVariables: callerVariables(env),
  });
  const execPorts = async (at: ServiceAt) => ({
    ...(await wakePorts(at)),
    isWindows: process.platform === 'win32',
  });
  return {
    restart: countedAsUse(keep, lazy(wakePorts, restartService)),
    scale: countedAsUse(keep, lazy(wakePorts, scaleService)),
    describe: countedAsUse(keep, lazy(workloadPorts, describeService)),
    ports: lazy(workloadPorts, servicePorts),
    forward: countedAsUse(keep, lazy(wakePorts, forwardPort)),
    exec: countedAsUse(keep, lazy(execPorts, execInService)),
    usage: async (folder, signal) => (await (await at(folder)).usages()).read(signal),
    logs: async function* (namespace, service, options, signal) {
      yield* (await (await current()).workloads()).logs(namespace, service, options, signal);
    },
    urlTrouble: async (url) => {
      const { HostResolver } = await import('../adapters/exec/hostResolver');
      return urlTrouble(new HostResolver(), (await current()).identity, url);
    },
    openInBrowser: async (url) => (await import('../adapters/exec/openInBrowser')).openInBrowser(url, env),
  };
}
