import type { AgentTask } from '../../core/agents/agentTask';
import type { CommandContext } from '../context/commandContext';

type Where = Pick<CommandContext, 'remembered'>;

const key = 'sandboxedAgents';
const most = 200;

/** A session that goes on stays in the sandbox that it began in. @param path the worktree's folder */
export function asItBegan({ remembered }: Where, path: string, task: AgentTask): AgentTask {
  const began = task.resumes === true && known(remembered).includes(path);
  return began ? { ...task, isSandboxed: true } : task;
}

/** How the last agent of a worktree was started. */
export async function rememberBegin({ remembered }: Where, path: string, { isSandboxed }: AgentTask): Promise<void> {
  const before = known(remembered);
  if (before.includes(path) === (isSandboxed === true)) return;
  const others = before.filter((each) => each !== path);
  await remembered.update(key, isSandboxed ? [...others.slice(1 - most), path] : others);
}

function known(remembered: Where['remembered']): readonly string[] {
  return remembered.get<readonly string[]>(key) ?? [];
}
