import { isRecord } from '../schema/kubeObject';

/**
 * The value, in which whatever is the same as in its earlier version is the earlier version's own: the many versions of an object that are
 * kept for watches then cost only what changed in each. Alters `next`; none of `previous`.
 */
export function shareUnchanged<T>(previous: unknown, next: T): T {
  return shared(previous, next) as T;
}

function shared(previous: unknown, next: unknown): unknown {
  // Of two equal strings too only one is to stay.
  if (previous === next) return previous;
  // It has no fields by which two could differ.
  if (previous instanceof Date || next instanceof Date) {
    const isSame = previous instanceof Date && next instanceof Date && previous.getTime() === next.getTime();
    return isSame ? previous : next;
  }
  if (Array.isArray(previous) && Array.isArray(next)) {
    let isSame = previous.length === next.length;
    for (let i = 0; i < next.length; i++) {
      next[i] = shared(previous[i], next[i]);
      isSame &&= next[i] === previous[i];
    }
    return isSame ? previous : next;
  }
  if (!isRecord(previous) || !isRecord(next)) return next;
  const fields = Object.keys(next);
  let isSame = fields.length === Object.keys(previous).length;
  for (const field of fields) {
    next[field] = shared(previous[field], next[field]);
    isSame &&= next[field] === previous[field];
  }
  return isSame ? previous : next;
}
