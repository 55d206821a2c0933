import { envFilesIn } from './envFiles';
import type { RepositoryFacts } from './facts';
import { pythonProjects } from './pythonServices';
import { databaseForm } from './shared/databaseAddress';
import { variablesIn } from './shared/variablesIn';

/**
 * How DATABASE_URL is to be written for the project's driver, by what its files say of it, else by the drivers that it has: SQLAlchemy
 * takes its driver from the address, and psycopg2 where that names none (docs.sqlalchemy.org/en/20/core/engines.html). There is one for
 * all services: what one place asks of its driver and another does not is asked of none.
 *
 * @param places what files of the repository say that DATABASE_URL is: of each place, the first that counts
 */
export function driverUrl(places: readonly (readonly string[])[], facts: RepositoryFacts): string | undefined {
  const forms = places.flatMap((urls) => {
    const form = urls.map(databaseForm).find((each) => each !== undefined);
    return form ?? (urls.some((each) => /^postgres(?:ql)?:/.test(each)) ? '' : []);
  });
  if (forms.some((form) => form !== '')) return joined(forms);
  const isAsync = pythonProjects(facts).some(
    ({ dependencies: all }) =>
      all.has('asyncpg') &&
      (all.has('sqlalchemy') || all.has('sqlmodel')) &&
      ![...all].some((name) => /^psycopg/.test(name)),
  );
  return places.flat().length === 0 && isAsync ? databaseForm('postgresql+asyncpg://') : undefined;
}

/** @param forms '' of an address that asks nothing */
function joined(forms: readonly string[]): string | undefined {
  const parts = forms.map((form) => {
    const [address = '', query = ''] = form.split('?');
    return { address, asked: query === '' ? [] : query.split('&') };
  });
  const isPlain = ({ address }: { readonly address: string }): boolean => /^(?:postgres(?:ql)?:.*)?$/.test(address);
  const { address, asked } = parts.find((part) => !isPlain(part)) ?? parts.find((part) => part.address !== '') ?? {};
  const shared = (asked ?? []).filter((each) => parts.every((part) => part.asked.includes(each)));
  if (address === undefined || (shared.length === 0 && isPlain({ address }))) return undefined;
  return [address, ...(shared.length === 0 ? [] : [shared.join('&')])].join('?');
}

/** What files of variables in these folders say that DATABASE_URL is, by the folder. */
export function databaseUrls(facts: RepositoryFacts, folders: readonly string[]): string[][] {
  return [...new Set(['.', ...folders])].map((folder) =>
    envFilesIn(facts, folder)
      .flatMap((path) => variablesIn(facts.texts.get(path) ?? ''))
      .flatMap(([name, value]) => (name === 'DATABASE_URL' && value !== '' ? [value] : [])),
  );
}
