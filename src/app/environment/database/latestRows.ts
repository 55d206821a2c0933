import type { LatestRows, WrittenRows } from '../../../core/ports/latestRows';
import type { UseCase } from '../../run/run';
import { databaseUrl, type DatabaseUrlPorts } from './databaseUrl';

export interface LatestRowsPorts extends DatabaseUrlPorts {
  readonly rows: LatestRows;
}

export interface LatestRowsAt {
  readonly folder: string;
  /** The mark of an earlier look: what was written since is told as new. */
  readonly since?: string | undefined;
}

const limits = { timeoutMs: 5_000, maxRows: 10, maxCell: 200 };

/**
 * What was written last to the database of a worktree's environment, with the rights of the environment's own role: it shows what a
 * request has changed. Writes nothing.
 *
 * @throws as databaseUrl; failed, denied, timeout: what the database says of it
 */
export function latestRows(ports: LatestRowsPorts): UseCase<LatestRowsAt, WrittenRows> {
  return async ({ folder, since }, run) => {
    const url = await databaseUrl(ports)({ folder }, run);
    return ports.rows.read({ url, since, ...limits }, run.signal);
  };
}
