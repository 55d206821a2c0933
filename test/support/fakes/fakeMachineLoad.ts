import type { MachineLoad } from '../../../src/core/ports/machineLoad';

export class FakeMachineLoad implements MachineLoad {
  /** Bytes. undefined: the system does not tell. */
  current: { readonly free: number; readonly total: number } | undefined = { free: 32 * 2 ** 30, total: 32 * 2 ** 30 };
  perProcessor: number | undefined = 0;
  /** How often anybody asked for either. */
  looks = 0;

  async memory(): ReturnType<MachineLoad['memory']> {
    this.looks++;
    return this.current;
  }

  async load(): Promise<number | undefined> {
    this.looks++;
    return this.perProcessor;
  }
}
