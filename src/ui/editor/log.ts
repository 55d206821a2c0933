import * as vscode from 'vscode';
import type { Disposable } from '../../core/event';
import type { UiLog } from './dependencies';

/** So many lines are kept for a report. */
const keptLines = 200;

/** The "Coppice" output channel; it never opens by itself. The caller disposes it, last of all. */
export function openLog(): UiLog & Disposable {
  const channel = vscode.window.createOutputChannel('Coppice', { log: true });
  const kept: string[] = [];
  const write = (level: 'debug' | 'info' | 'warn' | 'error', text: string): void => {
    channel[level](text);
    kept.push(...`${new Date().toISOString()} [${level}] ${text}`.split('\n'));
    if (kept.length > 2 * keptLines) kept.splice(0, kept.length - keptLines);
  };
  return {
    debug: (message) => write('debug', message),
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message, cause) => write('error', cause === undefined ? message : `${message}\n${causeChain(cause)}`),
    show: () => channel.show(true),
    recent: () => kept.slice(-keptLines),
    dispose: () => channel.dispose(),
  };
}

function causeChain(cause: unknown): string {
  const lines: string[] = [];
  for (
    let link = cause;
    link !== undefined && lines.length < 10;
    link = link instanceof Error ? link.cause : undefined
  ) {
    lines.push(link instanceof Error ? (link.stack ?? link.message) : JSON.stringify(link));
  }
  return lines.join('\nCaused by: ');
}
