import { temporalNamespaceIn } from '../../../core/temporal/temporalNamespaceIn';
import { temporalWords } from '../../../core/temporal/temporalWords';
import type { ShownPart } from './part';

export const shownTemporalNamespace: Required<ShownPart>['status'] = ({ annotations }, { temporal }) => {
  const name = temporalNamespaceIn(annotations);
  if (name === undefined) return undefined;
  const news = temporal?.get(name);
  return { title: 'Temporal', name, ...(news && temporalWords(news)) };
};
