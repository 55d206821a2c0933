import type { AgentTask } from '../../core/agents/agentTask';
import { withTask } from '../../core/agents/agentTask';
import { knownAgent } from '../../core/agents/knownAgents';
import { AppError, isAppError } from '../../core/errors';
import { parseCommand } from '../../core/text/parseCommand';
import type { SandboxPlan } from '../../core/agents/sandboxPlan';
import type { AgentProgram, AgentPrograms } from '../../core/ports/agents';
import { agentProgram, agentShell } from './agentProgram';
import { howToInstallAgent } from './howToInstallAgent';
import { refuseWithoutSandbox } from './refuseWithoutSandbox';
import { runInTerminal } from './runInTerminal';

type Variables = Readonly<Record<string, string | undefined>>;

/** Agents as programs of this machine. */
export class HostAgents implements AgentPrograms {
  /** @param env its PATH is looked through */
  constructor(private readonly env: Variables) {}

  async find(
    command: string,
    folder: string,
    task: AgentTask = {},
    promptFile?: string,
    sandbox?: SandboxPlan,
  ): Promise<AgentProgram> {
    const parsed = parseCommand(command);
    if ('problem' in parsed) {
      if (!parsed.needsShell) throw badCommand(parsed.problem);
      if (task.prompt !== undefined || task.resumes || sandbox)
        throw badCommand(
          'is read by a shell, to which neither a prompt nor what goes on with a session or names a sandbox is ever given',
        );
      return agentShell(command, this.env);
    }
    const argv = withTask(parsed, task, promptFile, sandbox);
    if ('problem' in argv) throw badCommand(argv.problem);
    const known = knownAgent(argv[0] ?? '');
    const program = await agentProgram(argv, folder, this.env).catch(async (error: unknown) => {
      if (!known || !isAppError(error, 'missingTool')) throw error;
      const { text, remedy } = await howToInstallAgent(known, this.env);
      throw new AppError('missingTool', error.message, { explanation: text, remedy, cause: error });
    });
    if (sandbox && known) await refuseWithoutSandbox(known, this.env);
    return program;
  }

  run(program: AgentProgram, folder: string, variables: Variables): Promise<number> {
    return runInTerminal(program, folder, variables);
  }
}

function badCommand(problem: string): AppError {
  return new AppError('notConfigured', `The agent's command ${problem}.`, {
    remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'coppice.agent.command' } },
  });
}
