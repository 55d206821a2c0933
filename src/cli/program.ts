import { Command } from 'commander';
import { registerCluster } from './clusterCommand';
import type { CliContext } from './context';
import { registerCreate } from './createCommand';
import { registerDatabase } from './databaseCommand';
import { registerDelete } from './deleteCommand';
import { registerExec } from './execCommand';
import { registerInfra } from './infraCommand';
import { registerRestart } from './restartCommand';
import { registerShow } from './showCommands';
import { registerTop } from './topCommand';
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
    registerCreate,
    registerShow,
    registerTop,
    registerRestart,
    registerDatabase,
    registerExec,
    registerWorkloads,
    registerDelete,
    registerCluster,
    registerInfra,
  ])
    register(program, context);
  return program;
}
