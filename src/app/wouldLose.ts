import { AppError, type Loss } from '../core/errors';

/** @param name of the worktree or environment that is deleted */
export function wouldLose(name: string, losses: readonly Loss[]): AppError {
  const what = losses.map(({ kind, count }) => lossText(kind, count)).join(', ');
  return new AppError('conflict', `Deleting ${name} would lose ${what}.`, {
    losses,
    explanation: losses.flatMap(explain).join('\n'),
  });
}

function explain({ kind, examples, advice }: Loss): string[] {
  return [`${kind}: ${examples.join(', ')}`, ...(advice === undefined ? [] : [`  ${advice}`])];
}

function lossText(kind: Loss['kind'], count: number): string {
  const many = (one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
  switch (kind) {
    case 'uncommitted':
      return many('uncommitted change', 'uncommitted changes');
    case 'untracked':
      return many('untracked file', 'untracked files');
    case 'ignored':
      return many('ignored file', 'ignored files');
    case 'nested':
      return many('repository or worktree within', 'repositories or worktrees within');
    case 'unpushed':
      return many('unpushed commit', 'unpushed commits');
    case 'submodule':
      return many('unpushed commit in submodules', 'unpushed commits in submodules');
    case 'operation':
      return 'an operation in progress (rebase, merge or the like)';
    case 'locked':
      return 'a worktree that is locked';
    case 'database':
      return 'what was written to its database';
    case 'elsewhere':
      return 'sight of an environment in another cluster';
  }
}
