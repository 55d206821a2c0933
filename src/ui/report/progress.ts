import * as vscode from 'vscode';
import type { UseCase } from '../../app/run/run';
import { askApproval } from './approvalQuestion';
import type { UiLog } from '../editor/dependencies';
import { offerRoom } from './offerRoom';
import { StepMessages } from './stepMessages';
import { linkless } from '../editor/text';

/** Lines of a step's tool are shown at most this often. */
const lineMs = 100;

/**
 * Runs a use case under a notification that tells its steps and can cancel it.
 *
 * @throws what the use case throws; an AbortError when the person cancelled
 */
export function runWithProgress<Input, Result>(
  title: string,
  useCase: UseCase<Input, Result>,
  input: Input,
  log: UiLog,
): Promise<Result> {
  const options = { location: vscode.ProgressLocation.Notification, title: linkless(title), cancellable: true };
  const started = performance.now();
  log.info(title);
  const task = async (
    progress: vscode.Progress<{ message?: string; increment?: number }>,
    token: vscode.CancellationToken,
  ): Promise<Result> => {
    const cancel = new AbortController();
    const subscription = token.onCancellationRequested(() => {
      cancel.abort();
      progress.report({ message: 'Cancelling…' });
    });
    const messages = new StepMessages();
    let lastLine = -Infinity;
    let hasWaited = false;
    try {
      const result = await useCase(input, {
        signal: cancel.signal,
        approve: askApproval,
        report: (news) => {
          const { step, state, title: stepTitle, detail, duration } = news;
          log.debug(
            [step, state, stepTitle, detail, duration === undefined ? '' : `${duration} ms`]
              .filter(Boolean)
              .join(' · '),
          );
          const message = messages.next(news);
          if (news.waits && !hasWaited) {
            hasWaited = true;
            offerRoom(title, news.waits, log);
          }
          // A build prints faster than anybody reads.
          const isLine = state === 'running' && detail !== undefined;
          if (isLine && performance.now() - lastLine < lineMs) return;
          if (isLine) lastLine = performance.now();
          progress.report(message);
        },
      });
      log.info(`${title}: done after ${Math.round(performance.now() - started)} ms`);
      return result;
    } finally {
      subscription.dispose();
    }
  };
  return Promise.resolve(vscode.window.withProgress(options, task));
}
