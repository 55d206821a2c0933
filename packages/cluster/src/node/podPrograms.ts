import type { Duplex } from 'node:stream';
import type { ContainerProgram, PodAccess, ProgramOptions } from '../streams/podAccess';
import type { PodLogSource } from '../streams/podLogs';
import { connectLoopback } from '../network/loopback';
import type { PodPorts } from '../network/podPorts';
import type { ProcessRuntime } from './processRuntime';
import { settled } from './settled';

const HANG_UP_MS = 2000;
/** How long we wait for output that is still in a pipe which another process holds open. */
const OUTPUT_MS = 1000;

/** The ways into pods whose containers are processes of this machine: a program beside them, and the ports that they listen on. */
export class PodPrograms implements PodAccess {
  constructor(
    private readonly runtime: ProcessRuntime,
    private readonly ports: PodPorts,
  ) {}

  async start(
    { uid, container: name }: PodLogSource,
    command: readonly string[],
    { stdin, tty }: ProgramOptions,
  ): Promise<ContainerProgram> {
    const container = this.runtime.aliveRun(uid, name);
    if (!container) throw new Error(`container not found ("${name}")`);
    // There is no terminal, only somebody who reads: programs are not to move a cursor or to ask for a size.
    const env = tty ? { TERM: 'dumb' } : {};
    const group = await this.runtime.startIn(container, command, { stdin, env });
    const { stdout, stderr } = group;
    return {
      stdin: group.stdin,
      stdout,
      stderr,
      ended: group.exited.then(async (exitCode) => {
        await settled([stdout, stderr], OUTPUT_MS);
        return exitCode;
      }),
      signal: (signal) => group.signal(signal),
      hangUp: () => void group.stop('SIGHUP', HANG_UP_MS),
    };
  }

  connect(podUid: string, port: number): Promise<Duplex> {
    return connectLoopback(this.ports.real(podUid, port));
  }
}
