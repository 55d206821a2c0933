import { databaseEnvironment } from '../../../core/databaseEnvironment';
import type { EnvironmentFile } from '../../../core/environmentFile';
import { toldByFile } from './toldByFile';

/** What an environment file says of the database under names of the project's own. @param url of the one that the commands are to have */
export function databaseTold(
  file: Pick<EnvironmentFile, 'services' | 'patch' | 'database'>,
  url: string,
): Readonly<Record<string, string>> {
  return toldByFile(file, databaseEnvironment(url, file.database?.url));
}
