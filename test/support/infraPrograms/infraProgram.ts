import { parseRecord } from '@coppice/host/parseRecord';
import type { InfraProgram } from './build.mjs';

/** Where a part of infra is that `npm run test:infra` has built. */
export function infraProgram(name: InfraProgram): string {
  const program = parseRecord(process.env['COPPICE_TEST_INFRA_PROGRAMS'] ?? '')?.[name];
  if (typeof program !== 'string') throw new Error('Run these tests by "npm run test:infra": it builds what they run.');
  return program;
}
