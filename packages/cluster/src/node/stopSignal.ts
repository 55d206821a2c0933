import { constants } from 'node:os';
import { textAt } from '../schema/kubeObject';
import type { V1Container } from '../engine/engineTypes';

/** The signal that asks a container's process to end: `lifecycle.stopSignal`, else SIGTERM. */
export function stopSignalOf(container: V1Container): NodeJS.Signals {
  const wanted = textAt(container, 'lifecycle', 'stopSignal');
  return wanted !== undefined && isSignal(wanted) ? wanted : 'SIGTERM';
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}
