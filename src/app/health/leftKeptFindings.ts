import type { DatabaseServerFacts } from '../../core/ports/databases';
import { sizeText } from '../cleanup/cleanupText';
import type { LeftKept } from '../trash/leftKept';
import { leftKeptView } from '../trash/leftKeptView';
import type { Finding } from './finding';

const check = 'databases';

/** A database that is kept, and that no undo leads to any more. */
export function leftKeptFinding(left: LeftKept): Finding {
  const { why, drops } = leftKeptView(left);
  return { check, state: 'warning', message: why, advice: drops };
}

/** A snapshot that was to stay when its environment went. */
export function leftSnapshotFinding({
  name,
  database,
  bytes,
}: NonNullable<DatabaseServerFacts['leftSnapshots']>[number]): Finding {
  const size = bytes === undefined ? '' : `, ${sizeText({ bytes, isCut: false })}`;
  return {
    ...{ check, state: 'warning' },
    message: `The snapshot ${name} (${database}${size}) is kept, and its environment is gone.`,
    advice: `In its repository "coppice database restore ${database}" brings it to an environment, and "coppice database snapshots --kept --delete ${database}" deletes it.`,
  };
}

/** What a cut off DROP DATABASE has left: it takes its place on the disk, and nobody can connect to it. */
export function invalidFinding(name: string): Finding {
  return {
    ...{ check, state: 'warning' },
    message: `The database ${name} is invalid (datconnlimit = -2): DROP DATABASE was cut off in it, and all that can be done with it is to drop it again.`,
    advice: `"coppice trash empty --database ${name}" drops it.`,
  };
}

/** What keeps the server from taking away anything that it has written. */
export function leftSlotFinding({
  name,
  database,
  bytes,
}: NonNullable<DatabaseServerFacts['leftSlots']>[number]): Finding {
  const size =
    bytes === undefined
      ? 'all that it writes'
      : `${sizeText({ bytes, isCut: false })} of what it has written, and more each day`;
  return {
    ...{ check, state: 'warning' },
    message: `For the replication slot ${name} the database server keeps ${size}: its database was put aside (${database}), and nobody can follow it there.`,
    advice: `Who may drop it, a superuser or a role with REPLICATION, does that by: SELECT pg_drop_replication_slot('${name}')`,
  };
}

/** What a crash of the server has left of a copy that was being made. */
export function unknownFolderFinding({
  folder,
  bytes,
}: NonNullable<DatabaseServerFacts['unknownFolders']>[number]): Finding {
  return {
    ...{ check, state: 'warning' },
    message: `The database server crashed while it copied a database: ${folder} (${sizeText({ bytes, isCut: false })}) is left, and no database is in it.`,
    advice: 'Nobody needs it: it can be deleted while the server is stopped.',
  };
}
