import { expandReferences } from '@coppice/host/expandReferences';

/**
 * What programs are told of an environment's database: its URL, and the parts of it for those that take no URL. Where an environment file
 * names one of the parts itself, that counts: only the URL is a reserved name.
 */
export const databaseVariableNames = [
  'DATABASE_URL',
  'DATABASE_HOST',
  'DATABASE_PORT',
  'DATABASE_USER',
  'DATABASE_PASSWORD',
  'DATABASE_NAME',
] as const;

export type DatabaseVariables = Readonly<Partial<Record<(typeof databaseVariableNames)[number], string>>>;

/**
 * @param url as Coppice makes them; of one that is none only itself is told
 * @param form how the environment file wants DATABASE_URL written, of the other variables; undefined: as it is
 */
export function databaseEnvironment(url: string, form?: string): DatabaseVariables {
  if (!URL.canParse(url)) return { DATABASE_URL: url };
  const { hostname, port, username, password, pathname } = new URL(url);
  const parts = {
    // Programs that take an address of IPv6 by itself take it without brackets.
    DATABASE_HOST: hostname.replace(/^\[(.*)\]$/, '$1'),
    DATABASE_PORT: port || '5432',
    DATABASE_USER: decodeURIComponent(username),
    DATABASE_PASSWORD: decodeURIComponent(password),
    DATABASE_NAME: decodeURIComponent(pathname.slice(1)),
  };
  // In an address each is written as addresses write it.
  const asWritten = form?.includes('://') ? encodeURIComponent : (text: string) => text;
  const { DATABASE_USER, DATABASE_PASSWORD, DATABASE_NAME } = parts;
  const known = new Map(Object.entries<string>(parts));
  for (const [name, value] of Object.entries({ DATABASE_USER, DATABASE_PASSWORD, DATABASE_NAME }))
    known.set(name, asWritten(value));
  return {
    DATABASE_URL: form === undefined ? url : expandReferences(form, (name) => known.get(name)),
    ...parts,
  };
}

/** What each form of DATABASE_URL must name: one that lacks it would lead to another database than the environment's own. */
const needed = ['DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME'] as const;

/** What is wrong with a form of DATABASE_URL; undefined: nothing. */
export function databaseFormProblem(form: string): string | undefined {
  const named: string[] = [];
  expandReferences(form, (name) => {
    named.push(name);
    return undefined;
  });
  const known = databaseVariableNames.filter((name) => name !== 'DATABASE_URL');
  const other = named.find((name) => !known.some((each) => each === name));
  if (other !== undefined) return `must name no other variables than ${known.join(', ')}, found $(${other})`;
  const missing = needed.find((name) => !named.includes(name));
  return missing === undefined
    ? undefined
    : `must name $(${missing}), or it would lead to another database than this environment's own`;
}
