import type { ErrorCode } from '../../core/errorCode';
import { isAbort, toAppError } from '../../core/errors';
import { digest } from './digest';

const todo: Partial<Readonly<Record<ErrorCode, string>>> = {
  unreachable: 'If the cluster does not run: "coppice cluster start" in a terminal. "why" says more.',
  unapproved:
    'A person has to approve this first, by running the same in a terminal ("coppice setup", "coppice database migrate", "coppice create"); no tool can.',
  notConfigured: 'See coppice.yaml at the root of the worktree.',
  timeout: 'Ask for less, or try again.',
  bug: 'Report it: "coppice report" in a terminal.',
};

/** What went wrong, why, and what to do: an agent reads it and goes on. */
export function failureText(error: unknown): string {
  if (isAbort(error)) return 'Cancelled.';
  const { code, message, explanation } = toAppError(error);
  const more = explanation?.split('\n').slice(0, 5) ?? [];
  return digest(
    [`${code}: ${message}`, ...more, ...(todo[code] === undefined ? [] : [`What to do: ${todo[code]}`])],
    undefined,
  );
}
