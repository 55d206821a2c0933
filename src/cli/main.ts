import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { compose } from '../compose';
import { AppError } from '../core/errors';
import { registerCluster } from './clusterCommand';
import type { CliContext } from './context';
import { registerCreate } from './createCommand';
import { registerDatabase } from './databaseCommand';
import { registerDelete } from './deleteCommand';
import { registerExec } from './execCommand';
import { registerInfra } from './infraCommand';
import { registerRestart } from './restartCommand';
import { settingsFromEnvironment } from './settings';
import { registerShow } from './showCommands';
import { endWithItsReader, reportFailure, terminalLog } from './terminal';
import { registerTop } from './topCommand';
import { registerWorkloads } from './workloadCommands';

declare const COPPICE_VERSION: string;

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  const { own, passedOn } = split(argv);
  const json = own.includes('--json');
  const verbose = own.includes('--verbose');
  endWithItsReader();
  try {
    const program = new Command('coppice')
      .description('An environment of its own for every git worktree.')
      .version(COPPICE_VERSION)
      .option('--verbose', 'tell more on standard error')
      .exitOverride()
      // The names of some commands take half of a usual terminal: what they do is told beside them all the same.
      .configureHelp({ minWidthToWrap: 30 })
      .configureOutput({ outputError: () => undefined });
    const context = contextOf(verbose, passedOn);
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
    await program.parseAsync([...own], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, json);
    return reportFailure(error, { json, verbose });
  }
}

/** What follows the `--` of an exec is another program's, its options included. */
function split(argv: readonly string[]): { own: readonly string[]; passedOn: readonly string[] } {
  const dashes = argv.indexOf('--');
  const isExec = argv.find((word) => !word.startsWith('-')) === 'exec';
  if (!isExec || dashes < 0) return { own: argv, passedOn: [] };
  return { own: argv.slice(0, dashes), passedOn: argv.slice(dashes + 1) };
}

function contextOf(verbose: boolean, passedOn: readonly string[]): CliContext {
  const { env } = process;
  const settings = settingsFromEnvironment(env);
  const product = compose({
    // dist/cli.js, or a chunk in dist/chunks/.
    root: rootOf(dirname(fileURLToPath(import.meta.url))),
    env,
    execPath: process.execPath,
    settings: () => settings,
    postgresPassword: () => Promise.resolve(env['COPPICE_POSTGRES_PASSWORD']),
    log: terminalLog(verbose),
    folder: process.cwd(),
  });
  return { product, settings, cwd: process.cwd(), env, passedOn };
}

function rootOf(folder: string): string {
  return folder.endsWith('chunks') ? join(folder, '..', '..') : join(folder, '..');
}

function reportUsage(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return 0;
  // Without a command, commander's "error" is the help that it has just printed.
  if (error.code === 'commander.help') return 2;
  const [what = ''] = error.message.replace(/^error: /, '').split('\n', 1);
  return reportFailure(new AppError('invalidInput', `${what} (coppice --help)`), { json, verbose: false });
}
