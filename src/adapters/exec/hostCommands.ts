import { basename, dirname, join } from 'node:path';
import { callerVariables } from '../../core/variables/callerVariables';
import { AppError, isAppError, toAppError, type ErrorDetails, type Remedy } from '../../core/errors';
import type { CommandOptions, Commands } from '../../core/ports/host';
import { databaseVariableNames } from '../../core/databases/databaseEnvironment';
import { isReservedVariable } from '../../core/variables/reservedVariables';
import { quietFailure } from '../../core/text/quietFailure';
import { secretsOf } from '../../core/variables/secretsOf';
import { usedNamesIn } from '../../core/uses/usedNames';
import { tellingLine } from '@coppice/host/tellingLine';
import { keepCommandLog, keptLines } from './commandLog';
import { databaseVariables } from './databaseVariables';
import { exec } from './exec';
import { OutputLog } from './outputLog';
import { withoutUsage } from './withoutUsage';

const maxOutputBytes = 64 * 1024;
/** So many of its last lines are told of a command whose whole output is kept. */
const toldLines = 10;

/** Runs the repository's own commands as processes of this machine. */
export class HostCommands implements Commands {
  readonly #inherited: Readonly<Record<string, string | undefined>>;
  readonly #logFolder: string;
  readonly #wholeFolder: string;

  /**
   * @param inherited the environment that commands run in, beneath their own variables: `process.env`
   * @param logFolder where the last lines of those that fail are kept; whole outputs are beside it, in `setup`
   */
  constructor(inherited: Readonly<Record<string, string | undefined>>, logFolder: string) {
    this.#inherited = inherited;
    this.#logFolder = logFolder;
    this.#wholeFolder = join(dirname(logFolder), 'setup');
  }

  async run(argv: readonly string[], options: CommandOptions, signal?: AbortSignal): Promise<string | undefined> {
    const [file, ...rest] = argv;
    if (file === undefined || file === '') throw new AppError('invalidInput', 'The command is empty.');
    const { cwd, env, timeoutMs, keepAs } = options;
    const whole = keepAs === undefined ? undefined : await OutputLog.open(this.#wholeFolder, keepAs, argv);
    const lines: string[] = [];
    try {
      const { exitCode } = await exec(
        {
          file,
          argv: rest,
          cwd,
          env: { ...withoutOurs(this.#inherited), ...env },
          // A proxy's password is the caller's secret as much as the database's.
          redact: secretsOf({ ...callerVariables(this.#inherited), ...env }),
          maxOutputBytes,
          onOverflow: 'keepEnd',
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          onLine: (line) => {
            lines.push(line);
            if (lines.length > 2 * keptLines) lines.splice(0, keptLines);
            whole?.add(line);
            options.onLine?.(line);
          },
        },
        signal,
      );
      const path = await whole?.close(`exit code ${exitCode}`);
      const output = lines.join('\n');
      const quiet = exitCode === 0 ? quietFailure(argv.join(' '), output) : undefined;
      if (exitCode === 0 && quiet === undefined) return path;
      const said = quiet ?? tellingLine(output);
      const how = quiet === undefined ? `ended with exit code ${exitCode}` : 'failed, though it ended with exit code 0';
      throw new AppError(
        'failed',
        `${JSON.stringify(basename(file))} ${how}: ${said ?? 'it printed nothing'}`,
        path === undefined ? await this.#lastLines(file, said, lines) : wholeOutput(path, lines),
      );
    } catch (error) {
      const path = await whole?.close(toAppError(error).message);
      if (!isAppError(error, 'timeout')) throw error;
      const details = path === undefined ? await this.#lastLines(file, lines.at(-1), lines) : wholeOutput(path, lines);
      throw new AppError('timeout', error.message, details);
    }
  }

  async #lastLines(file: string, said: string | undefined, lines: readonly string[]): Promise<ErrorDetails> {
    const last = lines.slice(-keptLines);
    const log = said === undefined ? undefined : await keepCommandLog(this.#logFolder, basename(file), last);
    return log === undefined ? {} : { explanation: `The last lines that it printed: ${log}`, remedy: openLog(log) };
  }
}

function wholeOutput(path: string, lines: readonly string[]): ErrorDetails {
  return {
    explanation: [...withoutUsage(lines).slice(-toldLines), `All that it printed: ${path}`].join('\n'),
    remedy: openLog(path),
  };
}

function openLog(path: string): Remedy {
  return { title: 'Open the Log', action: { kind: 'openFile', path } };
}

const ofDatabase: ReadonlySet<string> = new Set(databaseVariableNames);

/**
 * What is about this process and would mislead another: the editor's own, a git hook's repository, a shell's database and other servers, and
 * what only Coppice says, so that a teardown never sees the caller's DATABASE_URL where its environment has none: the caller may be in a
 * terminal of another environment.
 */
function withoutOurs(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  const ofUsed = usedNamesIn(env);
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || /^(?:ELECTRON_|VSCODE_)/.test(name) || databaseVariables.test(name)) continue;
    // Names are of one case on Windows.
    const upper = name.toUpperCase();
    if (isReservedVariable(upper) || ofDatabase.has(upper) || ofUsed.has(upper)) continue;
    if (/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|PREFIX|NAMESPACE)$/.test(name)) continue;
    kept[name] = value;
  }
  return kept;
}
