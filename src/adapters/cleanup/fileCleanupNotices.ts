import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { writePrivateFile } from '@coppice/host/writePrivateFile';
import { AppError } from '../../core/errors';
import type { CleanupMemory, CleanupNotices } from '../../core/ports/cleanupNotices';
import { cleanupNoticesRecord } from '../../core/records/cleanupNoticesRecord';
import { understandRecord } from '../../core/records/understandRecord';

/** One file a repository, in Coppice's own folder, which no repository can write. */
export class FileCleanupNotices implements CleanupNotices {
  /** @param folder $COPPICE_HOME/cleanup, absolute; made when first needed */
  constructor(private readonly folder: string) {}

  async read(repositoryId: string): Promise<CleanupMemory> {
    const path = this.#file(repositoryId);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const code = errorCode(error) ?? 'unknown';
      if (code === 'ENOENT' || code === 'ENOTDIR') return { notices: [], usedAt: {} };
      throw new AppError('failed', `${path} cannot be read (${code}).`, { cause: error });
    }
    const { lookedAt, notices, usedAt } = understandRecord(cleanupNoticesRecord, text, {
      path,
      wayOut:
        'It says what goes by itself, which is nothing meanwhile: mend it, or delete it, and notice is given anew.',
    });
    return { ...(lookedAt === undefined ? {} : { lookedAt }), notices, usedAt };
  }

  async write(repositoryId: string, memory: CleanupMemory): Promise<void> {
    const record = { version: cleanupNoticesRecord.version, ...memory };
    await writePrivateFile(this.#file(repositoryId), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  #file(repositoryId: string): string {
    if (!/^[0-9a-f]{12}$/.test(repositoryId)) throw new AppError('bug', `No repository has the id ${repositoryId}.`);
    return join(this.folder, `${repositoryId}.json`);
  }
}
