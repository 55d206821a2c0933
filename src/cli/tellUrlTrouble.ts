import type { UrlTrouble } from '../app/services/urlTrouble';
import type { CliContext } from './context';
import { onceADay } from './onceADay';
import { printable } from './table';

/** On standard error: what keeps programs of this machine from a URL. That only some do not resolve it is told once a day. */
export async function tellUrlTrouble({ product, now }: CliContext, trouble: UrlTrouble | undefined): Promise<void> {
  if (!trouble) return;
  if (trouble.kind === 'unresolved' && !(await onceADay(product.home, 'a URL that does not resolve', now()))) return;
  process.stderr.write(`! ${printable(trouble.message)}\n`);
}
