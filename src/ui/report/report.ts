import * as vscode from 'vscode';
import { isAbort, toAppError, type AppError, type Remedy } from '../../core/errors';
import type { UiLog } from '../editor/dependencies';
import { linkless } from '../editor/text';

export interface ErrorNotice {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly remedy: Remedy | undefined;
  readonly offersLog: boolean;
}

/** How a failure is told: what stands in a person's way is a warning, what broke is an error. */
export function toNotice(error: AppError, canRetry: boolean): ErrorNotice {
  const retry: Remedy | undefined = canRetry ? { title: 'Retry', action: { kind: 'retry' } } : undefined;
  const isPassing = error.code === 'unreachable' || error.code === 'timeout';
  const remedy = error.remedy ?? (isPassing ? retry : undefined);
  return {
    severity: ['conflict', 'unapproved', 'notFound'].includes(error.code) ? 'warning' : 'error',
    message: linkless(error.message),
    remedy: remedy?.action.kind === 'retry' && !canRetry ? undefined : remedy,
    // What a person typed needs no log; a tool's failure does.
    offersLog: !['invalidInput', 'conflict', 'unapproved'].includes(error.code),
  };
}

export interface Reporter {
  readonly log: UiLog;
  /** Does what a remedy says; `retry` never gets here. */
  act(action: Exclude<Remedy['action'], { kind: 'retry' }>): Promise<void>;
}

/**
 * Tells a person what went wrong, once, with the button that puts it right. Cancelling is no error and says nothing.
 * Never rejects, and resolves only when the notification is gone.
 */
export async function report(thrown: unknown, reporter: Reporter, retry?: () => void): Promise<void> {
  if (isAbort(thrown)) return reporter.log.debug('Cancelled.');
  const error = toAppError(thrown);
  reporter.log.error([error.message, error.explanation].filter(Boolean).join('\n'), error.cause ?? error);
  const notice = toNotice(error, retry !== undefined);
  const showLog = 'Show Log';
  const buttons = [...(notice.remedy ? [notice.remedy.title] : []), ...(notice.offersLog ? [showLog] : [])];
  const show = notice.severity === 'error' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  const chosen = await show(notice.message, ...buttons);
  if (chosen === undefined) return;
  if (chosen === notice.remedy?.title) {
    if (notice.remedy.action.kind === 'retry') retry?.();
    else
      await reporter
        .act(notice.remedy.action)
        .catch((failure: unknown) => reporter.log.error('The remedy failed.', failure));
  } else if (chosen === showLog) reporter.log.show();
}

/** For a result that is less than hoped for, with one thing to do about it; resolves with whether it was chosen. */
export async function warn(message: string, button: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(linkless(message), button)) === button;
}

/** Where the folder is not trusted nothing of it is run, whoever asks. */
export async function refuseUntrusted(): Promise<void> {
  const manage = 'Manage Trust';
  const chosen = await vscode.window.showWarningMessage(
    'This folder is not trusted: Coppice runs nothing of it before you say that you trust it.',
    manage,
  );
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
