import { readFile } from 'node:fs/promises';
import type { ThisMachine } from '../../core/ports/nodes';

/** Where the kubelet reads what it tells of its node. Only Linux has these, and only Linux can be a node. */
const files = ['/etc/machine-id', '/proc/sys/kernel/random/boot_id'] as const;

export class HostMachine implements ThisMachine {
  async identity(): Promise<{ machineId: string; bootId: string } | undefined> {
    try {
      const [machineId = '', bootId = ''] = await Promise.all(
        files.map(async (file) => (await readFile(file, 'utf8')).trim()),
      );
      return machineId === '' || bootId === '' ? undefined : { machineId, bootId };
    } catch {
      return undefined;
    }
  }
}
