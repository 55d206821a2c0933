import type { Logger } from '../../src/core/ports';

const silent = (): void => undefined;

export const silentLog: Logger = { debug: silent, info: silent, warn: silent, error: silent };
