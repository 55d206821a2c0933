import { AppError } from '../../core/errors';

/** The oldest that is still maintained. */
const oldestVersion = 140000;

/** @param version as `ServerFacts` has it @throws notConfigured */
export function refuseOld(version: number): void {
  if (version >= oldestVersion) return;
  throw new AppError('notConfigured', `PostgreSQL ${Math.floor(version / 10_000)} is too old; 14 or newer is needed.`);
}
