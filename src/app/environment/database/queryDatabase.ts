import type { DatabaseQueries, QueryRows } from '../../../core/ports/databaseQueries';
import { AppError } from '../../../core/errors';
import { databaseUrl, type DatabaseUrlPorts } from './databaseUrl';
import type { UseCase } from '../../run/run';

export interface QueryDatabasePorts extends DatabaseUrlPorts {
  readonly queries: DatabaseQueries;
}

export interface QueryAt {
  readonly folder: string;
  readonly sql: string;
}

const timeoutMs = 5_000;
const maxRows = 10_000;
const maxBytes = 8 * 1024 * 1024;
const maxSql = 20_000;

/**
 * What one statement reads of the database of a worktree's environment, with the rights of the environment's own role. It can write nothing.
 *
 * @throws as databaseUrl; failed, denied, timeout: what the database says of it
 */
export function queryDatabase(ports: QueryDatabasePorts): UseCase<QueryAt, QueryRows> {
  return async ({ folder, sql }, run) => {
    if (sql.trim() === '' || sql.length > maxSql || sql.includes('\0'))
      throw new AppError('invalidInput', `A query is one SQL statement of 1 to ${maxSql} characters.`);
    const url = await databaseUrl(ports)({ folder }, run);
    return ports.queries.read({ url, sql, timeoutMs, maxRows, maxBytes }, run.signal);
  };
}
