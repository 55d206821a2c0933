import type { Awaited } from './settling';

/** More names than these are counted. */
const maxNames = 4;

/** `frontend and backend are not ready yet; worker has no port to ask at, and must run for 5 s`. '': nothing is waited for */
export function awaitedText({ unready, unsteady, steadyMs }: Awaited): string {
  const seconds = Math.round(steadyMs / 100) / 10;
  return [
    unready.length === 0 ? '' : `${namesOf(unready)} ${unready.length === 1 ? 'is' : 'are'} not ready yet`,
    unsteady.length === 0
      ? ''
      : `${namesOf(unsteady)} ${unsteady.length === 1 ? 'has' : 'have'} no port to ask at, and must run for ${seconds} s`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function namesOf(names: readonly string[]): string {
  const shown = names.length > maxNames ? names.slice(0, maxNames - 1) : names;
  const all = shown.length < names.length ? [...shown, `${names.length - shown.length} more`] : shown;
  return [all.slice(0, -1).join(', '), all.at(-1)].filter(Boolean).join(' and ');
}
