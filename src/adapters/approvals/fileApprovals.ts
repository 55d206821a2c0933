import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { writePrivateFile } from '@coppice/host/writePrivateFile';
import { AppError } from '../../core/errors';
import type { Approvals, Approved } from '../../core/ports/approvals';
import { approvalRecord } from '../../core/records/approvalRecord';
import { recordOrNothing } from '../../core/records/understandRecord';

/** One file an approval, named by what it approves: several processes that approve at once have nothing to agree on. */
export class FileApprovals implements Approvals {
  /** @param folder $COPPICE_HOME/approvals, absolute; made when first needed */
  constructor(private readonly folder: string) {}

  async unapproved(repositoryId: string, digests: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(digests.map((digest) => isApproved(this.#file(repositoryId, digest), digest)));
    return new Set(digests.filter((_, index) => !found[index]));
  }

  async add(repositoryId: string, approved: readonly Approved[]): Promise<void> {
    for (const one of approved) {
      const text = `${JSON.stringify({ version: approvalRecord.version, ...one }, undefined, 2)}\n`;
      await writePrivateFile(this.#file(repositoryId, one.digest), text);
    }
  }

  #file(repositoryId: string, digest: string): string {
    if (!/^[0-9a-f]{12}$/.test(repositoryId) || !/^[0-9a-f]{64}$/.test(digest))
      throw new AppError('bug', `No approval is recorded under ${repositoryId}/${digest}.`);
    return join(this.folder, repositoryId, `${digest}.json`);
  }
}

/** One that is damaged approves nothing: whoever is asked again writes it anew. */
async function isApproved(path: string, digest: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error) ?? 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new AppError('failed', `${path} cannot be read (${code}).`, { cause: error });
  }
  return recordOrNothing(approvalRecord, text, path)?.digest === digest;
}
