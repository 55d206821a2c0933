import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * A program that came with this package, ready to be started. Not everything that unpacks an archive keeps the permission to run a
 * file: where it was lost it is given back, and where the package's folder is closed to us a copy is run.
 *
 * @param copies folder for that copy
 * @returns undefined when the package carries none, or one that cannot be made to run
 */
export async function carriedProgram(file: string, copies: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  if (await isExecutable(file)) return file;
  try {
    await chmod(file, 0o755);
    return file;
  } catch {
    return copyOf(file, found.size, copies).catch(() => undefined);
  }
}

async function copyOf(file: string, size: number, copies: string): Promise<string> {
  const target = path.join(copies, path.basename(file));
  // The time that a file was unpacked says nothing of its content; another version has another size.
  if ((await stat(target).catch(() => undefined))?.size === size && (await isExecutable(target))) return target;
  await mkdir(copies, { recursive: true, mode: 0o700 });
  const temporary = `${target}.${process.pid}.${Date.now()}`;
  try {
    await copyFile(file, temporary);
    await chmod(temporary, 0o755);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return target;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
