import { parseRecord } from '@coppice/host/parseRecord';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InfraProgram } from './build.mjs';

/** Where a part of infra is that `npm run test:infra` has built. */
export function infraProgram(name: InfraProgram): string {
  const program = parseRecord(process.env['COPPICE_TEST_INFRA_PROGRAMS'] ?? '')?.[name];
  if (typeof program !== 'string') throw new Error('Run these tests by "npm run test:infra": it builds what they run.');
  return program;
}

/** Of the module that it was built from: what a program says of itself is put in by who releases it. */
export function infraModuleVersion(name: InfraProgram, module: string): string {
  const list = readFileSync(join(import.meta.dirname, name, 'go.mod'), 'utf8');
  const version = list.split('\n').flatMap((line) => {
    const [said, number] = line
      .trim()
      .replace(/^require /, '')
      .split(/\s+/);
    return said === module && number ? [number] : [];
  })[0];
  if (version === undefined) throw new Error(`go.mod of ${name} does not name ${module}.`);
  return version.replace(/^v/, '');
}
