import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AppError } from '../../core/errors';
import { firstCommand } from '../../core/installationCommand';
import { findExecutable } from '../exec/findExecutable';
import { installationHelp } from '../exec/installationHelp';
import { isWithinAny } from '../exec/isWithinAny';

const setting = 'temporal.path';
const page = 'https://docs.temporal.io/cli#install';

/**
 * Temporal's program: that of the setting, or the first on PATH.
 *
 * @param worktrees folders of the repository: no program in them is taken, since nobody has approved it
 * @param known that with which the server was started: it is taken for as long as it is there, where the setting names none
 * @returns an absolute path
 * @throws missingTool
 */
export async function findTemporal(
  named: string,
  env: Readonly<Record<string, string | undefined>>,
  worktrees: readonly string[],
  known?: string,
): Promise<string> {
  if (named !== '') return verifyNamed(named);
  let passedOver: string | undefined;
  if (known !== undefined && (await isProgram(known)) && !(await isWithinAny(worktrees, known))) return known;
  const found = await findExecutable('temporal', env, async (path) => {
    if (!(await isWithinAny(worktrees, path))) return true;
    passedOver ??= path;
    return false;
  });
  if (found !== undefined) return found;
  const commandOf = (present: readonly string[]): string | undefined =>
    firstCommand({ brew: 'brew install temporal' }, process.platform, present);
  const { text, remedy } = await installationHelp({ name: 'Temporal', page, commandOf }, env);
  const but = passedOver === undefined ? '' : ` but ${passedOver}, which the repository itself could have brought`;
  throw new AppError(
    'missingTool',
    `There is no program temporal on this machine${but}: namespaces in Temporal need Temporal's CLI. ${text}`,
    { explanation: `Where it is: PATH, or the setting coppice.${setting}.`, remedy },
  );
}

async function verifyNamed(path: string): Promise<string> {
  if (await isProgram(path)) return path;
  throw new AppError('missingTool', `The setting coppice.${setting} names ${path}, where no program is.`, {
    remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting } },
  });
}

async function isProgram(path: string): Promise<boolean> {
  if (!isAbsolute(path)) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
