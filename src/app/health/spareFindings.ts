import type { Snapshot } from '../../core/model';
import { sparesView } from '../view/sparesView';
import type { Finding } from './finding';

/** What is kept for the next creates takes room: it is told that it is there. */
export function spareFindings({ spares }: Pick<Snapshot, 'spares'>): Finding[] {
  if (spares === undefined) return [];
  const removes = '"coppice pool empty" removes what nobody works in.';
  return [{ check: 'environments', state: 'good', message: `${sparesView(spares).why} ${removes}` }];
}
