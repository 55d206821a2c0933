import { existsSync } from 'node:fs';
import { mkdtemp, symlink } from 'node:fs/promises';
import { delimiter, join, sep } from 'node:path';
import { usedPrograms, usedProgramsObtained } from '../../scripts/workplace/usedPrograms.mjs';

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

/** How this machine came by a server, for docs/verified.md. @param path where it is */
export function obtainedProgram(path: string | undefined): string {
  return path?.startsWith(usedPrograms + sep) ? usedProgramsObtained : 'found on PATH';
}

/**
 * A PATH on which a program is not found. It may lie where git does: that and Node.js stay, by links.
 *
 * @param links a folder in which there is room for them
 */
export async function pathWithout(program: string, path: string, links: string): Promise<string> {
  const folders = path.split(delimiter);
  const left = folders.filter((folder) => !hasProgram(folder, program));
  const kept = await mkdtemp(join(links, 'kept-'));
  for (const needed of ['git', 'node']) {
    const folder = folders.find((each) => hasProgram(each, needed));
    if (folder !== undefined && !left.includes(folder)) await symlink(join(folder, needed), join(kept, needed));
  }
  return [kept, ...left].join(delimiter);
}
