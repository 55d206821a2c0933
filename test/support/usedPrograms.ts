import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { usedPrograms } from '../../scripts/workplace/usedPrograms.mjs';

const ending = process.platform === 'win32' ? '.exe' : '';

/** The folder of servers that were fetched for tests. */
export const usedProgramsFolder: string = usedPrograms;

/** Whether a folder has a program. */
export function hasProgram(folder: string, program: string): boolean {
  return existsSync(join(folder, program + ending));
}

/** Where a server is that was fetched, or that is installed; undefined: nowhere. */
export function usedProgram(program: string): string | undefined {
  const folder = [usedPrograms, ...(process.env['PATH'] ?? '').split(delimiter)].find((each) =>
    hasProgram(each, program),
  );
  return folder && join(folder, program + ending);
}
