import type { SetupCommand } from '../../../core/environmentFile';
import type { Worktree } from '../../../core/model';
import type { EnvironmentFiles } from '../../../core/ports/environmentFiles';
import type { Commands } from '../../../core/ports/host';
import type { RanCommand, Setups } from '../../../core/ports/setups';
import { runCommand, type CommandRun } from './runCommand';

export interface SetupPorts {
  readonly commands: Commands;
  readonly environmentFiles: Pick<EnvironmentFiles, 'readSetupInputs'>;
  readonly setups: Setups;
  readonly sha256: (text: string) => string;
}

export interface SetupRequest extends Omit<CommandRun, 'place' | 'folder'> {
  readonly worktree: Worktree;
  readonly setup: readonly SetupCommand[];
  /** Those run as well whose inputs are as they were. */
  readonly force?: boolean;
  /** What a command makes is there already: it counts as run. */
  readonly isMade?: (command: SetupCommand) => boolean;
}

export interface SetupResult {
  /** How many have run; the others had run before, and what they read is the same. */
  readonly ran: number;
  /** Where the outputs of those are. */
  readonly logs: readonly string[];
}

/**
 * Runs a worktree's setup commands in their order, each once per content of what it reads. What a command makes may lie in what one
 * before it makes anew (`npm ci` takes generated code in node_modules away): once one has run, all after it do.
 *
 * @throws what the command that fails throws: those before it are not run again by the next try
 */
export async function runSetup(ports: SetupPorts, request: SetupRequest, signal: AbortSignal): Promise<SetupResult> {
  const { worktree, setup, force = false, isMade = () => false, ...run } = request;
  const folder = worktree.path;
  const before = await ports.setups.read(worktree);
  const done: RanCommand[] = [];
  const logs: string[] = [];
  let ran = 0;
  for (const [index, command] of setup.entries()) {
    const id = setupCommandId(ports.sha256, command);
    const known = before.find((each) => each.command === id);
    const isFilled = ran === 0 && isMade(command);
    const isDue =
      !isFilled &&
      (force || ran > 0 || known?.inputs !== (await ports.environmentFiles.readSetupInputs(folder, command, signal)));
    if (isDue) {
      // What failed, or was cut off, has not run.
      await ports.setups.write(worktree, done);
      const log = await runCommand(ports, command, { ...run, folder, place: `setup[${index}]` }, signal);
      if (log !== undefined) logs.push(log);
      ran++;
    }
    // It may have written some of them itself, such as a lockfile.
    const inputs =
      isDue || isFilled || !known
        ? await ports.environmentFiles.readSetupInputs(folder, command, signal)
        : known.inputs;
    done.push({ command: id, inputs });
    if (isDue || isFilled) await ports.setups.write(worktree, done);
  }
  return { ran, logs };
}

/** By what a record knows a command: whatever it is told counts. */
export function setupCommandId(sha256: (text: string) => string, { command, env }: SetupCommand): string {
  return sha256(JSON.stringify([command, Object.entries(env).sort()]));
}

/** For a person. */
export function setupDetail({ ran, logs }: SetupResult, count: number): string {
  if (ran === 0) return 'nothing that they read has changed since they ran';
  const others = count - ran;
  const kept = others === 0 ? '' : `, ${others} as ${others === 1 ? 'it was' : 'they were'}`;
  const log = logs.at(-1);
  return `${ran} run${kept}${log === undefined ? '' : ` (${log})`}`;
}
