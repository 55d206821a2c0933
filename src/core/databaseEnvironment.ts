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

/** @param url as Coppice makes them; of one that is none only itself is told. */
export function databaseEnvironment(url: string): DatabaseVariables {
  if (!URL.canParse(url)) return { DATABASE_URL: url };
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    DATABASE_URL: url,
    // Programs that take an address of IPv6 by itself take it without brackets.
    DATABASE_HOST: hostname.replace(/^\[(.*)\]$/, '$1'),
    DATABASE_PORT: port || '5432',
    DATABASE_USER: decodeURIComponent(username),
    DATABASE_PASSWORD: decodeURIComponent(password),
    DATABASE_NAME: decodeURIComponent(pathname.slice(1)),
  };
}
