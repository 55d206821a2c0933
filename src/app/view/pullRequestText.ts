import type { PullRequest } from '../../core/ports/pullRequests';
import { plural } from '../../core/text/plural';

/** `#12`, and what its checks say: `✗` one has failed, `…` they are not at their end, `✓` all passed. */
export function pullRequestSigns({ number, isDraft, checks }: PullRequest): string {
  const { passed, pending, failed } = checks;
  const verdict = failed.length > 0 ? '✗' : pending > 0 ? '…' : passed > 0 ? '✓' : '';
  return [`#${number}`, isDraft ? 'draft' : '', verdict].filter((part) => part !== '').join(' ');
}

/** The same for a screen reader: `pull request 12, 1 check failed`. */
export function pullRequestWords({ number, isDraft, checks }: PullRequest): string {
  const { passed, pending, failed } = checks;
  const verdict =
    failed.length > 0
      ? `${plural(failed.length, 'check')} failed`
      : pending > 0
        ? `${plural(pending, 'check')} not at the end`
        : passed > 0
          ? `${plural(passed, 'check')} passed`
          : '';
  return [`${isDraft ? 'draft ' : ''}pull request ${number}`, verdict].filter((part) => part !== '').join(', ');
}
