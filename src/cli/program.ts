import { Command } from 'commander';
import { registerClean } from './cleanCommand';
import { registerCluster } from './clusterCommand';
import type { CliContext, Register } from './context';
import { registerCompare } from './compareCommand';
import { registerConnect } from './connectCommand';
import { registerCreate } from './createCommand';
import { registerDatabase } from './databaseCommand';
import { registerDelete } from './deleteCommand';
import { registerDoctor } from './doctorCommand';
import { registerExec } from './execCommand';
import { registerHook } from './hookCommand';
import { registerInfra } from './infraCommand';
import { registerInit } from './initCommand';
import { registerLogs } from './logsCommand';
import { registerMcp } from './mcpCommand';
import { registerPool } from './poolCommand';
import { registerPromote } from './promoteCommand';
import { registerWorktreeReach } from './reachCommand';
import { registerReport } from './reportCommand';
import { registerRestart } from './restartCommand';
import { registerSample } from './sampleCommand';
import { registerSchema } from './schemaCommand';
import { registerSetup } from './setupCommand';
import { registerShow } from './showCommands';
import { registerSleep } from './sleepCommands';
import { registerMetrics } from './metricsCommand';
import { registerTop } from './topCommand';
import { registerTraces } from './tracesCommands';
import { registerTrash } from './trashCommand';
import { registerUndo } from './undoCommand';
import { registerWait } from './waitCommand';
import { registerWhy } from './whyCommand';
import { registerWorkloads } from './workloadCommands';

/** In the order of the help: the commands that each makes, by all of their names. */
const commands: readonly { readonly names: readonly string[]; readonly register: Register }[] = [
  { names: ['init'], register: registerInit },
  { names: ['create', 'fork'], register: registerCreate },
  { names: ['setup'], register: registerSetup },
  { names: ['list', 'ls', 'status', 'switch', 'open'], register: registerShow },
  { names: ['logs'], register: registerLogs },
  { names: ['why'], register: registerWhy },
  { names: ['compare'], register: registerCompare },
  { names: ['promote'], register: registerPromote },
  { names: ['top'], register: registerTop },
  { names: ['metrics'], register: registerMetrics },
  { names: ['traces', 'trace'], register: registerTraces },
  { names: ['restart'], register: registerRestart },
  { names: ['sleep', 'wake'], register: registerSleep },
  { names: ['wait'], register: registerWait },
  { names: ['database', 'db', 'check-database'], register: registerDatabase },
  { names: ['exec'], register: registerExec },
  { names: ['scale', 'describe', 'forward'], register: registerWorkloads },
  { names: ['delete'], register: registerDelete },
  { names: ['undo'], register: registerUndo },
  { names: ['trash'], register: registerTrash },
  { names: ['clean'], register: registerClean },
  { names: ['pool'], register: registerPool },
  { names: ['cluster'], register: registerCluster },
  { names: ['infra'], register: registerInfra },
  { names: ['connect'], register: registerConnect },
  { names: ['hook'], register: registerHook },
  { names: ['mcp'], register: registerMcp },
  { names: ['doctor'], register: registerDoctor },
  { names: ['reach'], register: registerWorktreeReach },
  { names: ['report'], register: registerReport },
  { names: ['sample'], register: registerSample },
  { names: ['schema'], register: registerSchema },
];

/**
 * Commands, with their options.
 *
 * @param first the first word of what was called: where that is a command, others are left out, whose making takes longer than many a
 *   command; undefined: all
 */
export function createProgram(context: CliContext, version: string, first?: string): Command {
  const program = new Command('coppice')
    .description('An environment of its own for every git worktree.')
    .version(version)
    .option('--verbose', 'tell more on standard error')
    .exitOverride()
    // The names of some commands take half of a usual terminal: what they do is told beside them all the same.
    .configureHelp({ minWidthToWrap: 30 })
    .configureOutput({ outputError: () => undefined });
  const called = commands.filter(({ names }) => first !== undefined && names.includes(first));
  for (const { register } of called.length > 0 ? called : commands) register(program, context);
  return program;
}
