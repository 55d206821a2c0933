import { toAppError } from '../../core/errors';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { KeptDatabase } from '../../core/ports/databases';
import type { TrashedEntry } from '../../core/ports/trash';
import type { FolderSize } from '../../core/ports/worktreeFacts';
import { eachOf } from '../run/eachOf';
import type { UseCase } from '../run/run';
import { trashedIdentity, type TrashPorts } from './trashPorts';

export interface TrashRow extends TrashedEntry {
  /** No sweep takes it before, by this machine's clock: milliseconds since the epoch. undefined: nobody can tell when it was deleted. */
  readonly until: number | undefined;
  /** undefined: it cannot be told. */
  readonly size: FolderSize | undefined;
  /** That is kept for it; `unknown`: it had one, and the server cannot be asked. */
  readonly database: KeptDatabase | 'unknown' | undefined;
}

export interface ListTrashRequest {
  /** Any folder in the repository. */
  readonly folder: string;
  /** Of what is not counted by then no size is told. Milliseconds. */
  readonly sizeWithinMs?: number;
  /** No database server is asked: it may be slow to say that it is away. */
  readonly filesOnly?: boolean;
}

export interface TrashList {
  /** Newest first. */
  readonly rows: readonly TrashRow[];
  /** Why nobody can tell which databases are kept; undefined: that is told. */
  readonly databasesUnknown: string | undefined;
}

/** Each looks through a whole folder. */
const atOnce = 4;
const hourMs = 3600_000;
/** A server that does not answer keeps nobody from seeing files. */
const askMs = 5_000;

/**
 * What deletes have kept in the repository of a folder, until when, and what it takes. Starts and changes nothing.
 *
 * @throws invalidInput outside of a repository; the AbortError
 */
export function listTrash(ports: TrashPorts): UseCase<ListTrashRequest, TrashList> {
  return async ({ folder, sizeWithinMs, filesOnly = false }, { signal }) => {
    const { worktrees, trash, settings } = ports;
    const repository = await worktrees.repository(folder, signal);
    const entries = await trash.entries(repository);
    let kept: readonly KeptDatabase[] = [];
    let databasesUnknown: string | undefined;
    if (entries.length > 0 && !filesOnly) {
      try {
        const found = await (
          await ports.openDatabases(folder)
        ).listKept(AbortSignal.any([signal, AbortSignal.timeout(askMs)]));
        kept = found ?? [];
        if (!found) databasesUnknown = 'the database server does not run';
      } catch (error) {
        signal.throwIfAborted();
        databasesUnknown = toAppError(error).message.replace(/\.$/, '');
      }
    }
    const limit = sizeWithinMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(sizeWithinMs)]);
    const rows = await eachOf(entries, atOnce, signal, async (entry): Promise<TrashRow> => {
      const { deleted } = entry;
      const identity = deleted && (await trashedIdentity(ports, deleted));
      const own = identity && kept.find(({ owner }) => isSameOwner(owner, identity.owner));
      const mayHave = identity?.parts.database !== undefined && databasesUnknown !== undefined;
      const keepMs = Math.max(deleted?.keepMs ?? 0, settings()['trash.hours'] * hourMs);
      return {
        ...entry,
        until: deleted && deleted.deletedAt + keepMs,
        size: await trash.size(entry, limit).catch((): undefined => void signal.throwIfAborted()),
        database: own ?? (mayHave ? 'unknown' : undefined),
      };
    });
    const isMissed = rows.some(({ database }) => database === 'unknown');
    return { rows, databasesUnknown: isMissed ? databasesUnknown : undefined };
  };
}
