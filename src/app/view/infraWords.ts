import type { Environment } from '../../core/model';
import { plural } from '../../core/text/plural';
import { stateWords } from './stateWords';

/** What is said of what all environments of a cluster share: what is wrong with it, or how much of it there is. */
export function infraWords({ terminating, services }: Environment): string {
  if (terminating) return stateWords.deleting;
  const troubled = services.filter(({ health }) => health !== 'healthy');
  if (troubled.length === 0) return plural(services.length, 'service');
  return troubled.map(({ name, state }) => `${name}: ${state}`).join(', ');
}
