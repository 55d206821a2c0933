import type { Run } from '../app/run/run';
import type { ErrorCode } from '../core/errorCode';
import { isAbort, toAppError } from '../core/errors';
import type { Logger } from '../core/ports/host';
import { printable } from './table';
import { errorJson } from './toJson';

/** How the CLI ends, by the kind of failure; scripts build on the numbers. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  failed: 1,
  invalidInput: 2,
  notConfigured: 3,
  missingTool: 4,
  unreachable: 5,
  timeout: 6,
  denied: 7,
  notFound: 8,
  conflict: 9,
  unapproved: 11,
  bug: 70,
};
export const cancelled = 130;
/** All is made and stays, but not every service got ready, or its database lacks what it is to have. */
export const notReady = 10;
export const notReadyHelp = `\nExit code ${notReady}: all is made and stays, but a service is not ready, or a migration failed; which and why is told.`;

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  // JSON.stringify leaves DEL and the C1 controls, which some terminals obey.
  print(JSON.stringify(value).replace(/[\u007f-\u009f]/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`));
}

/** One line that says what happened, below it what the tool itself said. @returns the exit code */
export function reportFailure(error: unknown, options: { readonly json: boolean; readonly verbose: boolean }): number {
  if (options.json) printJson(errorJson(error));
  if (isAbort(error)) {
    if (!options.json) process.stderr.write('Cancelled.\n');
    return cancelled;
  }
  const known = toAppError(error);
  if (!options.json) {
    process.stderr.write(`${printable(known.message)}\n`);
    const told = known.explanation?.split('\n').filter((line) => line.trim() !== '' && line !== known.message) ?? [];
    for (const line of told) process.stderr.write(`  ${printable(line)}\n`);
    if (options.verbose || known.code === 'bug')
      process.stderr.write(`${known.cause instanceof Error ? (known.cause.stack ?? '') : (known.stack ?? '')}\n`);
  }
  return exitCodes[known.code];
}

/** A reader that has seen enough (`coppice list | head -1`) is no failure. */
export function endWithItsReader(): void {
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(Number(process.exitCode ?? 0));
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
}

/**
 * Ends the process once all that it said is written. What is still held open then does nothing any more: simple-git 4.0.2 leaves a
 * timer behind each command that writes, and for its two seconds whoever called would wait for a command that has answered.
 */
export async function endWhenWritten(exitCode: number): Promise<never> {
  process.exitCode = exitCode;
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
  );
  process.exit();
}

/** Ctrl-C cancels; a second one ends at once. Steps are told on standard error, so that output stays clean. */
export function terminalRun(quiet: boolean): Run & { dispose(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(cancelled);
    if (!quiet) process.stderr.write('Cancelling, and taking back what was begun… (Ctrl-C again ends at once)\n');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    report: ({ state, title, detail, duration, finished, total, waits }) => {
      // Whoever asks for one line still has to know why nothing happens for minutes.
      if (quiet && waits) process.stderr.write(`${printable(waits.reason)}\n`);
      if (quiet) return;
      if (state === 'running') {
        if (detail !== undefined) process.stderr.write(`  ${printable(detail)}\n`);
        if (waits?.leastUsed)
          process.stderr.write(`  What was used least ends with: coppice sleep ${printable(waits.leastUsed.name)}\n`);
        return;
      }
      const mark = { done: '✓', short: '✗', failed: '✗', undone: '↶ Taken back:', kept: '!' }[state];
      const time = duration === undefined ? '' : ` (${(duration / 1000).toFixed(1)} s)`;
      // Why it failed is told once, as the last word.
      const said = detail && state !== 'failed' ? `: ${printable(detail)}` : '';
      const count = state === 'done' || state === 'short' ? `${finished}/${total} ` : '';
      process.stderr.write(`${mark} ${count}${printable(title)}${said}${time}\n`);
    },
    dispose: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

export function terminalLog(verbose: boolean): Logger {
  const write = (level: string, message: string): void =>
    void process.stderr.write(`[${level}] ${message.split('\n').map(printable).join('\n')}\n`);
  const ifVerbose = (level: string) => (message: string) => {
    if (verbose) write(level, message);
  };
  return {
    debug: ifVerbose('debug'),
    info: ifVerbose('info'),
    warn: (message) => write('warning', message),
    error: (message) => write('error', message),
  };
}
