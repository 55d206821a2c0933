import type { ServiceStatus } from '../../core/model';
import { plural } from '../../core/text/plural';

type Told = Pick<
  ServiceStatus,
  'health' | 'state' | 'reason' | 'ready' | 'desired' | 'restarts' | 'isOldServing' | 'name'
>;

/** Its program ended with an error; Kubernetes waits with the next start in the second. */
const crashed: ReadonlySet<string> = new Set(['Error', 'CrashLoopBackOff', 'OOMKilled']);

/** `DATABASE_POOL must be set · crashed ×4`: what its icon does not say, why it is so first. */
export function serviceRowText(service: Told): string {
  const { ready, desired, restarts, isOldServing } = service;
  const isCounted = desired > 1 || (ready > 0 && ready < desired);
  const what = stateText(service);
  return [
    reasonText(service),
    isOldServing ? `old version serves, new one ${what.startsWith('crashed') ? what : 'does not start'}` : what,
    isCounted ? `${ready}/${desired}` : '',
    restarts > 0 && !what.startsWith('crashed') ? `restarted ×${restarts}` : '',
  ]
    .filter((fact) => fact !== '')
    .join(' · ');
}

/** The same for a screen reader, in the words that Kubernetes has for it. */
export function serviceRowSentence(service: Told): string {
  const { name, state, reason, ready, desired, restarts, isOldServing } = service;
  return [
    `Service ${name}`,
    state,
    reason ?? '',
    isOldServing ? 'the old version serves while the new one does not get ready' : '',
    desired > 1 || ready < desired ? `${ready} of ${plural(desired, 'pod')} ready` : '',
    restarts > 0 ? plural(restarts, 'restart') : '',
  ]
    .filter((fact) => fact !== '')
    .join(', ');
}

function stateText({ health, state, reason, restarts }: Told): string {
  if (crashed.has(state)) return restarts > 1 ? `crashed ×${restarts}` : 'crashed';
  // The icon says that it runs; where it is not well, the reason says what is missing.
  return state === 'Running' && (health === 'healthy' || reason !== undefined) ? '' : state;
}

/** What the program said last tells more than the number that it ended with; that stays in the tooltip. */
function reasonText({ reason = '', state }: Told): string {
  return crashed.has(state) ? reason.replace(/^exit code \d+: /, '').replace(/^Error: /, '') : reason;
}
