import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors';
import type { Identity, Worktree } from '../../../core/model';
import type { Identities, MadeForSession } from '../../../core/ports/worktrees';
import { identityRecord } from '../../../core/records/identityRecord';
import { sessionRecord } from '../../../core/records/sessionRecord';
import { recordOrNothing, understandRecord } from '../../../core/records/understandRecord';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { readBegun, removeBegun, writeBegun } from './begunFiles';
import { errorCode } from '@coppice/host/errorCode';

/** Of its record, in a worktree's own git directory. */
export const identityFileName = 'coppice.json';

const wayOut = 'Repair it, or delete it: "coppice create" in that worktree then offers what it stood for.';

/** Identities as `coppice.json` in each worktree's own git directory: they go with the worktree, and no commit has them. */
export class FileIdentities implements Identities {
  async read(worktree: Pick<Worktree, 'gitDir'>): Promise<Identity | undefined> {
    const path = pathOf(worktree);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      throw new AppError('failed', `${path} cannot be read (${errorCode(error) ?? 'unknown'}).`, { cause: error });
    }
    return understandRecord(identityRecord, text, { path, wayOut });
  }

  async write(worktree: Worktree, identity: Identity): Promise<void> {
    await writeFileAtomically(pathOf(worktree), `${JSON.stringify(identity, undefined, 2)}\n`);
  }

  async remove(worktree: Worktree): Promise<void> {
    await rm(pathOf(worktree), { force: true });
  }

  async readSession({ gitDir }: Pick<Worktree, 'gitDir'>): Promise<MadeForSession | undefined> {
    const path = sessionPathOf(gitDir);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    const session = text === undefined ? undefined : recordOrNothing(sessionRecord, text, path);
    return session && { createdBranch: session.createdBranch };
  }

  async writeSession({ gitDir }: Pick<Worktree, 'gitDir'>, session: MadeForSession): Promise<void> {
    const record = { version: sessionRecord.version, ...session };
    await writeFileAtomically(sessionPathOf(gitDir), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  readonly readBegun = readBegun;
  readonly writeBegun = writeBegun;
  readonly removeBegun = removeBegun;
}

function sessionPathOf(gitDir: string): string {
  return join(gitDir, 'coppice-session.json');
}

function pathOf(worktree: Pick<Worktree, 'gitDir'>): string {
  return join(worktree.gitDir, identityFileName);
}
