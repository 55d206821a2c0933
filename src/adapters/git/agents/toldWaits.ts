import { errorCode } from '@coppice/host/errorCode';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentStatus } from '../../../core/agents/agentStatus';
import { AppError } from '../../../core/errors';
import type { Worktree } from '../../../core/model';
import type { ToldWaits } from '../../../core/ports/agents';
import { agentFolder, toldEnding } from './agentJournal';

/** A file a wait, beside the journals of the worktree's agents: whoever makes it is the one who tells. */
export class ToldWaitFiles implements ToldWaits {
  async claim(
    { gitDir }: Pick<Worktree, 'gitDir'>,
    { session, since }: Pick<AgentStatus, 'session' | 'since'>,
  ): Promise<boolean> {
    const folder = join(gitDir, agentFolder);
    const name = `${session}.${since}${toldEnding}`;
    try {
      await (await open(join(folder, name), 'wx', 0o600)).close();
    } catch (error) {
      const code = errorCode(error);
      // Somebody was quicker; or the worktree is gone, and nobody is to be told of it any more.
      if (code === 'EEXIST' || code === 'ENOENT') return false;
      throw new AppError('failed', `It cannot be written down that a wait in ${folder} is told.`, { cause: error });
    }
    await forgetOthers(folder, session, name).catch(() => undefined);
    return true;
  }
}

/** A session waits with one thing at a time: of those before nobody asks any more. */
async function forgetOthers(folder: string, session: string, but: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(`${session}.`) && name.endsWith(toldEnding) && name !== but)
      await rm(join(folder, name), { force: true });
}
