import * as vscode from 'vscode';
import type { Disposable } from '../../core/event';
import type { UiLog } from './dependencies';

/** The "Coppice" output channel; it never opens by itself. The caller disposes it, last of all. */
export function openLog(): UiLog & Disposable {
  const channel = vscode.window.createOutputChannel('Coppice', { log: true });
  return {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message, cause) => channel.error(cause === undefined ? message : `${message}\n${causeChain(cause)}`),
    show: () => channel.show(true),
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
