import { AppError, isAbort, toAppError } from '../../core/errors';
import { plural } from '../../core/text/plural';

/**
 * Does the same with several, one after the other; one that fails keeps no other from its turn.
 *
 * @throws what the only one that failed has thrown; of several one error that says each by its name; an AbortError at once
 */
export async function inTurn<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (isAbort(error)) throw error;
      failures.push({ name: nameOf(item), error });
    }
  }
  const [first, ...others] = failures;
  if (!first) return;
  if (others.length === 0) throw first.error;
  const each = failures.map(({ name, error }) => `${name}: ${toAppError(error).message}`);
  throw new AppError(
    toAppError(first.error).code,
    `${plural(failures.length, 'failure')} of ${items.length}. ${each.join(' ')}`,
  );
}
