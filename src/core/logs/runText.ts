import type { LogRun } from '../ports/workloads';

/** What began, in a line: `worker started again (exit 1)`. @param isFollowing another pod of the service was read before */
export function runText(service: string, { restarts, before }: LogRun, isFollowing: boolean): string {
  const how = before === undefined ? '' : ` (${[`exit ${before.exitCode}`, ...unusual(before.reason)].join(', ')})`;
  if (restarts > 0 || before !== undefined) return `${service} started again${how}`;
  return `${service} started${isFollowing ? ' in a new pod' : ''}`;
}

/** The others say no more than the exit code. */
function unusual(reason: string | undefined): string[] {
  return reason === undefined || reason === '' || reason === 'Error' || reason === 'Completed' ? [] : [reason];
}
