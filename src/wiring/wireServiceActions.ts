import { countedAsUse } from '../app/cleanup/countedAsUse';
import type { Product } from '../app/product';
import { describeService } from '../app/services/describeService';
import { execInService } from '../app/services/execInService';
import { forwardPort } from '../app/services/forwardPort';
import { restartService } from '../app/services/restartService';
import { scaleService } from '../app/services/scaleService';
import type { ServiceAt } from '../app/services/serviceAt';
import { servicePorts } from '../app/services/servicePorts';
import { callerVariables } from '../core/variables/callerVariables';
import { lazy } from './lazy';
import type { Connections } from './wireConnections';
import { wireKeep } from './wireKeep';
import type { Machine } from './wireMachine';

export type ServiceActions = Pick<Product['services'], 'restart' | 'scale' | 'describe' | 'ports' | 'forward' | 'exec'>;

/** What is done with one service. */
export function wireServiceActions(
  machine: Machine,
  { workloadPorts, wakePorts: startPorts }: Connections,
): ServiceActions {
  const keep = wireKeep(machine);
  const wakePorts = async (at: ServiceAt) => ({
    ...(await startPorts(at)),
    callerVariables: callerVariables(machine.env),
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
  };
}
