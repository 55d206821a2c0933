import { AppError } from '../../../core/errors';
import { isSameOwner } from '../../../core/clusters/isSameOwner';
import type { DatabaseRecord, IdentityParts, Owner } from '../../../core/model';

export function recordedDatabase({ database }: IdentityParts): DatabaseRecord {
  if (!database) throw new AppError('bug', 'A database was asked for that is not recorded.');
  return database;
}

export function isOwnDatabase(holder: Owner | 'foreign' | undefined, owner: Owner): boolean {
  return holder !== 'foreign' && isSameOwner(holder, owner);
}
