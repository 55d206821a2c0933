import { AppError } from '../../core/errors';
import { parseCommand } from '../../core/parseCommand';
import type { AgentProgram, AgentPrograms } from '../../core/ports/agents';
import { agentProgram, agentShell } from './agentProgram';
import { runInTerminal } from './runInTerminal';

type Variables = Readonly<Record<string, string | undefined>>;

/** Agents as programs of this machine. */
export class HostAgents implements AgentPrograms {
  /** @param env its PATH is looked through */
  constructor(private readonly env: Variables) {}

  async find(command: string, folder: string): Promise<AgentProgram> {
    const parsed = parseCommand(command);
    if (!('problem' in parsed)) return agentProgram(parsed, folder, this.env);
    if (parsed.needsShell) return agentShell(command, this.env);
    throw new AppError('notConfigured', `The agent's command ${parsed.problem}.`, {
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.agent.command' } },
    });
  }

  run(program: AgentProgram, folder: string, variables: Variables): Promise<number> {
    return runInTerminal(program, folder, variables);
  }
}
