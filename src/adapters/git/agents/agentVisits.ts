import { errorCode } from '@coppice/host/errorCode';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentStatus } from '../../../core/agents/agentStatus';
import type { Worktree } from '../../../core/model';
import type { AgentVisits } from '../../../core/ports/agents';

type At = Pick<Worktree, 'gitDir'>;
type Wait = Pick<AgentStatus, 'session' | 'since'>;

/** One file in the worktree's own git directory, which all windows watch: whoever removes it goes there. Once the wait is over it means nothing. */
export class AgentVisitFiles implements AgentVisits {
  ask(worktree: At, wait: Wait): Promise<void> {
    return writeFileAtomically(fileOf(worktree), textOf(wait));
  }

  async take(worktree: At, wait: Wait): Promise<boolean> {
    const file = fileOf(worktree);
    try {
      if ((await readFile(file, 'utf8')) !== textOf(wait)) return false;
      // Not rm: of several at once, each succeeds.
      await unlink(file);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }
}

function textOf({ session, since }: Wait): string {
  return `${session}\n${since}\n`;
}

function fileOf({ gitDir }: At): string {
  return join(gitDir, 'coppice-agent-visit');
}
