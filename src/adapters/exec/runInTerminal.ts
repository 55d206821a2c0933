import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { AppError } from '../../core/errors';
import type { Invocation } from './batchFile';

/** What a terminal sends to every program in it. */
const ofKeys = ['SIGINT', 'SIGQUIT'] as const;
const passedOn = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program with this terminal as its own, until it ends. What a person's keys send reaches the program by the terminal itself,
 * and is nothing to this process; what else is sent to this process is passed on.
 *
 * @param env the whole environment of the program
 * @returns its exit code; 128 and the signal's number when a signal ended it, as a shell says it
 */
export async function runInTerminal(
  { file, argv, isVerbatim }: Invocation,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  const listeners = new Map<NodeJS.Signals, () => void>();
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(file, [...argv], { cwd, env, stdio: 'inherit', windowsVerbatimArguments: isVerbatim });
      for (const signal of ofKeys) listeners.set(signal, () => hasTerminal || child.kill(signal));
      for (const signal of passedOn) listeners.set(signal, () => child.kill(signal));
      for (const [signal, listener] of listeners) process.on(signal, listener);
      child.on('error', (error) => reject(new AppError('failed', `"${file}" could not be started.`, { cause: error })));
      child.on('close', (code, signal) => resolve(code ?? (signal ? 128 + constants.signals[signal] : 1)));
    });
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  }
}
