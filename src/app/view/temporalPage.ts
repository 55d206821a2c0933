import { AppError } from '../../core/errors';
import type { WorktreeEntry } from '../../core/model';
import { worktreeName } from './worktreeView';

/**
 * The page of an environment's namespace in Temporal's web interface.
 *
 * @throws notFound where it has none, unreachable where nobody can tell
 */
export function temporalPage(entry: Pick<WorktreeEntry, 'worktree' | 'environment'>): string {
  const news = entry.environment?.temporal;
  if (!news)
    throw new AppError('notFound', `${worktreeName(entry)} has no environment with a namespace in Temporal.`, {
      explanation: '"temporal: true" in coppice.yaml gives it one, with the next create.',
    });
  if (news.state === 'told') {
    if (news.page !== undefined) return news.page;
    throw new AppError('notFound', 'The web interface of Temporal has no address that a browser reaches.', {
      explanation: 'Infra has one where its ingresses are on; "coppice infra status" tells it.',
    });
  }
  throw new AppError('unreachable', `${news.why.charAt(0).toUpperCase()}${news.why.slice(1)}.`, {
    ...(news.state === 'untold'
      ? { remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'temporal.ui' } } }
      : {}),
  });
}
