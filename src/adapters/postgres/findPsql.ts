import { stat } from 'node:fs/promises';
import { AppError } from '../../core/errors';
import { installationCommand } from '../../core/installationCommand';
import { findExecutable } from '../exec/findExecutable';
import { installationHelp } from '../exec/installationHelp';
import { isWithinAny } from '../exec/isWithinAny';
import { program, usualPlaces } from './postgresBinaries';

/**
 * Where this machine has psql, which Coppice's own PostgreSQL does without: in the folder that a person named, on PATH, or where
 * packages put it. One of the repository's own is passed over: it would be given a password.
 *
 * @param setting '': no folder is named @param folders of the repository @throws missingTool
 */
export async function findPsql(
  setting: string,
  env: Readonly<Record<string, string | undefined>>,
  folders: readonly string[],
): Promise<string> {
  const isForeign = async (path: string): Promise<boolean> => !(await isWithinAny(folders, path));
  const inFolder = async (folder: string): Promise<string | undefined> => {
    const path = program(folder, 'psql');
    return (await stat(path).catch(() => undefined))?.isFile() ? path : undefined;
  };
  const named = setting === '' ? undefined : await inFolder(setting);
  const found = named ?? (await findExecutable('psql', env, isForeign));
  if (found !== undefined) return found;
  for (const folder of await usualPlaces()) {
    const path = await inFolder(folder);
    if (path !== undefined) return path;
  }
  const { text, remedy } = await installationHelp(
    {
      name: 'PostgreSQL',
      page: 'https://www.postgresql.org/download/',
      commandOf: (present) => installationCommand('postgres', process.platform, present),
    },
    env,
  );
  throw new AppError('missingTool', "psql, PostgreSQL's own client, was not found on this machine.", {
    explanation: `${text}\n"coppice database url" tells the address for any other client.`,
    remedy,
  });
}
