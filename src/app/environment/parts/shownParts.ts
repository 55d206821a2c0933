import { shownDatabase } from './shownDatabase';
import type { ShownPart } from './part';
import { shownRelease } from './shownRelease';
import { shownTemporalNamespace } from './shownTemporalNamespace';

/**
 * Those of `environmentParts` that have something to show, in the same order, which a test holds. Each window and each list of a
 * terminal needs them, and neither needs what makes and removes parts: a status stands in a file of its own.
 */
export const shownParts: readonly ShownPart[] = [
  { id: 'database', status: shownDatabase },
  { id: 'temporalNamespace', status: shownTemporalNamespace },
  { id: 'release', status: shownRelease },
];
