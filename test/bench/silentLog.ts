import type { Logger } from '../../src/core/ports/host';

const silent = (): void => undefined;

export const silentLog: Logger = { debug: silent, info: silent, warn: silent, error: silent };
