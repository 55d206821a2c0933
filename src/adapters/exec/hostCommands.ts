import { basename } from 'node:path';
import { callerVariables } from '../../core/callerVariables';
import { AppError } from '../../core/errors';
import type { Commands } from '../../core/ports/host';
import { tellingLine } from '@coppice/host/tellingLine';
import { keepCommandLog, keptLines } from './commandLog';
import { databaseVariables } from './databaseVariables';
import { exec } from './exec';

const maxOutputBytes = 64 * 1024;

/** Runs the repository's own commands as processes of this machine. */
export class HostCommands implements Commands {
  readonly #inherited: Readonly<Record<string, string | undefined>>;
  readonly #logFolder: string;

  /**
   * @param inherited the environment that commands run in, beneath their own variables: `process.env`
   * @param logFolder where the last lines of those that fail are kept
   */
  constructor(inherited: Readonly<Record<string, string | undefined>>, logFolder: string) {
    this.#inherited = inherited;
    this.#logFolder = logFolder;
  }

  async run(
    argv: readonly string[],
    options: {
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly onLine?: (line: string) => void;
    },
    signal?: AbortSignal,
  ): Promise<void> {
    const [file, ...rest] = argv;
    if (file === undefined || file === '') throw new AppError('invalidInput', 'The command is empty.');
    const lines: string[] = [];
    const { exitCode } = await exec(
      {
        file,
        argv: rest,
        cwd: options.cwd,
        env: { ...withoutOurs(this.#inherited), ...options.env },
        // A proxy's password is the caller's secret as much as the database's.
        redact: secretsOf({ ...callerVariables(this.#inherited), ...options.env }),
        maxOutputBytes,
        onOverflow: 'keepEnd',
        onLine: (line) => {
          lines.push(line);
          if (lines.length > 2 * keptLines) lines.splice(0, keptLines);
          options.onLine?.(line);
        },
      },
      signal,
    );
    if (exitCode === 0) return;
    const last = lines.slice(-keptLines);
    const said = tellingLine(lines.join('\n'));
    const log = said === undefined ? undefined : await keepCommandLog(this.#logFolder, basename(file), last);
    throw new AppError(
      'failed',
      `${JSON.stringify(basename(file))} ended with exit code ${exitCode}: ${said ?? 'it printed nothing'}`,
      log === undefined
        ? {}
        : {
            explanation: `The last lines that it printed: ${log}`,
            remedy: { title: 'Open the Log', action: { kind: 'openFile', path: log } },
          },
    );
  }
}

/** What is about this process and would mislead another: the editor's own, a git hook's repository, a shell's database. */
function withoutOurs(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || /^(?:ELECTRON_|VSCODE_)/.test(name) || databaseVariables.test(name)) continue;
    if (/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|PREFIX|NAMESPACE)$/.test(name)) continue;
    kept[name] = value;
  }
  return kept;
}

/** Values that no log and no message may show: those of variables that sound secret, and passwords within URLs. */
export function secretsOf(env: Readonly<Record<string, string>>): string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (/PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE|CREDENTIAL|API_?KEY/i.test(name) && value.length >= 4) secrets.add(value);
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*:([^@/?#]+)@/i.exec(value)?.[1];
    if (password === undefined) continue;
    secrets.add(password);
    try {
      secrets.add(decodeURIComponent(password));
    } catch {
      // Not percent-encoded: as it stands, it is in the set.
    }
  }
  return [...secrets].sort((a, b) => b.length - a.length);
}
