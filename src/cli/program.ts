import { Command } from 'commander';
import { registerClean } from './cleanCommand';
import { registerCluster } from './clusterCommand';
import type { CliContext } from './context';
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

/** All commands, with their options. */
export function createProgram(context: CliContext, version: string): Command {
  const program = new Command('coppice')
    .description('An environment of its own for every git worktree.')
    .version(version)
    .option('--verbose', 'tell more on standard error')
    .exitOverride()
    // The names of some commands take half of a usual terminal: what they do is told beside them all the same.
    .configureHelp({ minWidthToWrap: 30 })
    .configureOutput({ outputError: () => undefined });
  for (const register of [
    registerInit,
    registerCreate,
    registerSetup,
    registerShow,
    registerLogs,
    registerWhy,
    registerCompare,
    registerTop,
    registerMetrics,
    registerTraces,
    registerRestart,
    registerSleep,
    registerWait,
    registerDatabase,
    registerExec,
    registerWorkloads,
    registerDelete,
    registerUndo,
    registerTrash,
    registerClean,
    registerPool,
    registerCluster,
    registerInfra,
    registerConnect,
    registerHook,
    registerMcp,
    registerDoctor,
    registerWorktreeReach,
    registerReport,
    registerSample,
    registerSchema,
  ])
    register(program, context);
  return program;
}
