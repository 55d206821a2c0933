import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { wireProduct } from '../wiring/wireProduct';
import { AppError } from '../core/errors';
import { defaultSettings, type Settings } from '../core/settings';
import type { CliContext } from './context';
import { explainHome } from './explainHome';
import { createProgram } from './program';
import { settingsFromEnvironment } from './settings';
import { endWithItsReader, reportFailure, terminalLog } from './terminal';

declare const COPPICE_VERSION: string;

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  const { own, passedOn } = split(argv);
  const json = own.includes('--json');
  const verbose = own.includes('--verbose');
  endWithItsReader();
  // It made VS Code's program run this. Agents and editors that are started from here would be made plain Node by it, too.
  delete process.env['ELECTRON_RUN_AS_NODE'];
  let context: CliContext | undefined;
  try {
    context = contextOf(verbose, own, passedOn);
    const program = createProgram(context, COPPICE_VERSION, own[0]);
    await program.parseAsync([...own], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, json);
    return reportFailure(context ? explainHome(error, context.product.home) : error, { json, verbose });
  }
}

/** What follows the `--` of an exec, or of a psql, is another program's, its options included. */
function split(argv: readonly string[]): { own: readonly string[]; passedOn: readonly string[] } {
  const dashes = argv.indexOf('--');
  if (dashes < 0 || !passingOn.test(commandOf(argv))) return { own: argv, passedOn: [] };
  return { own: argv.slice(0, dashes), passedOn: argv.slice(dashes + 1) };
}

const passingOn = /^(?:exec|(?:database|db) psql)(?: |$)/;

/** The command and what it is about, without options. */
function commandOf(argv: readonly string[]): string {
  return argv.filter((word) => !word.startsWith('-')).join(' ');
}

function contextOf(verbose: boolean, own: readonly string[], passedOn: readonly string[]): CliContext {
  const { env } = process;
  // A hook answers with a worktree whatever a variable says: only what asks for settings later fails with it.
  const isHook = /^hook(?: |$)/.test(commandOf(own));
  const settings = isHook ? defaultSettings : settingsFromEnvironment(env);
  let current = (): Settings => settings;
  const product = wireProduct({
    // dist/cli.js, or a chunk in dist/chunks/.
    root: rootOf(dirname(fileURLToPath(import.meta.url))),
    env,
    execPath: process.execPath,
    settings: () => current(),
    postgresPassword: () => Promise.resolve(env['COPPICE_POSTGRES_PASSWORD']),
    log: terminalLog(verbose),
    folder: process.cwd(),
  });
  if (isHook) current = () => settingsFromEnvironment(env);
  return { product, settings, cwd: process.cwd(), env, passedOn, now: Date.now };
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
