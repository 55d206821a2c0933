/** Names of variables that say where a database is, or a part of it; the last word says which. */
const databasePart =
  /^(?:\w+?_)??(?:POSTGRES|POSTGRESQL|PG|DB|DATABASE|DATASOURCE|SQL)_?(HOST|HOSTNAME|SERVER|ADDRESS|PORT|USER|USERNAME|PASS|PASSWORD|NAME|DB|DATABASE|BASE|SSLMODE)?$/i;

const variables: Readonly<Record<string, string>> = {
  ...{ PORT: '$(DATABASE_PORT)', USER: '$(DATABASE_USER)', USERNAME: '$(DATABASE_USER)' },
  ...{ PASS: '$(DATABASE_PASSWORD)', PASSWORD: '$(DATABASE_PASSWORD)' },
  ...{ NAME: '$(DATABASE_NAME)', DB: '$(DATABASE_NAME)', DATABASE: '$(DATABASE_NAME)', BASE: '$(DATABASE_NAME)' },
};

const whole = '$(DATABASE_USER):$(DATABASE_PASSWORD)@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)';

/** Of a variable that may hold a host. */
const hostName = /(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|POSTGRES|PG|DB|DATABASE)$/i;

/** Words of drivers before an address, which theirs alone understand: `postgresql+asyncpg`, `ecto`. */
const ownScheme = /^(?:postgres(?:ql)?\+[a-z0-9_]+|ecto|postgis|asyncpg|psycopg2?|pgsql)$/i;

/**
 * How DATABASE_URL is to be written for a project, by what its files say of it.
 *
 * @returns undefined: as Coppice writes it
 */
export function databaseForm(value: string): string | undefined {
  if (/^jdbc:postgresql:\/\//i.test(value))
    return `jdbc:postgresql://$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)${keptQuery(value)}`;
  const [, scheme = ''] = /^([a-z][a-z0-9+_]*):\/\//i.exec(value) ?? [];
  const query = keptQuery(value);
  if (query === '' ? !ownScheme.test(scheme) : !ownScheme.test(scheme) && !plainScheme.test(scheme)) return undefined;
  return `${scheme}://${whole}${query}`;
}

/** What an address asks of its driver beside where the database is (`schema`, `connection_limit`, `serverVersion`), with its question mark. */
function keptQuery(value: string): string {
  const [, query = ''] = /^[^?#]*\?([^#\s]*)/.exec(value) ?? [];
  const kept = query.split('&').filter((each) => ofDriver.test(each));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

const plainScheme = /^postgres(?:ql)?$/i;

/**
 * What drivers read of an address, by name, because all else may be a secret or say where the server was: Prisma, Doctrine, JDBC, SQLAlchemy,
 * ActiveRecord, Ecto and libpq. Coppice's own server has no TLS: to ask for it would be refused.
 */
const ofDriver =
  /^(?:schema|currentSchema|search_path|connection_limit|pool_timeout|connect_timeout|socket_timeout|pgbouncer|statement_cache_size|prepared_statement_cache_size|prepared_statements|prepareThreshold|pool_size|pool|serverVersion|charset|encoding|sslmode(?==(?:disable|allow|prefer)$))=[\w.,-]{1,63}$/;

type Said = { readonly text: string } | { readonly problem: string };

const elsewhere: Said = { problem: 'names the database in a form of its own; where it is stands in DATABASE_URL' };

/** Whether variables of a service say in parts where its database is: then their neighbours say the rest of it. */
export function isDatabaseInParts(entries: readonly (readonly [string, unknown])[], hosts: readonly string[]): boolean {
  return entries.some(
    ([name, value]) => typeof value === 'string' && hostName.test(name) && hosts.includes(withoutPort(value)),
  );
}

/**
 * A variable that says where the database of a compose file is, or a part of it, as this environment's own.
 *
 * @param hosts by which the file's services reach it
 * @param inParts whether variables beside it say the database's host alone
 * @returns undefined: it says nothing of it
 */
export function databaseAddress(
  name: string,
  value: string,
  hosts: readonly string[],
  inParts: boolean,
): Said | undefined {
  return ofUrl(value, hosts) ?? (inParts ? ofPart(name, value, hosts) : undefined);
}

/** Of variables by whose names alone they are a database's: those that say where it is, where it is at one of the hosts. */
export function databaseParts(
  entries: readonly (readonly [string, string])[],
  hosts: readonly string[],
): Readonly<Record<string, string>> {
  const named = entries.filter(([name]) => databasePart.test(name));
  if (!isDatabaseInParts(named, hosts)) return {};
  const said = named.map(([name, value]) => [name, ofPart(name, value, hosts)] as const);
  return Object.fromEntries(said.flatMap(([name, part]) => (part && 'text' in part ? [[name, part.text]] : [])));
}

function ofUrl(value: string, hosts: readonly string[]): Said | undefined {
  const [, scheme = '', login, host = '', query = ''] =
    /^((?:jdbc:)?[a-z][a-z0-9]*(?:\+[a-z0-9]+)?):\/\/([^@/\s]*@)?([^@/:?\s]+)(?::\d+)?(?:\/[^?\s]*)?(\?\S*)?$/i.exec(
      value,
    ) ?? [];
  if (!hosts.includes(host)) {
    const others = [...value.matchAll(/:\/\/(?:[^/@\s]*@)?([^/:?,\s]+)/g)].map(([, each = '']) => each);
    return others.some((each) => hosts.includes(each)) ? elsewhere : undefined;
  }
  // JDBC has its user and its password beside it.
  if (scheme.startsWith('jdbc:'))
    return { text: `${scheme}://$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)${query}` };
  if (/^postgres(?:ql)?$/.test(scheme) && query === '') return { text: '$(DATABASE_URL)' };
  return login === undefined ? elsewhere : { text: `${scheme}://${whole}${query}` };
}

function ofPart(name: string, value: string, hosts: readonly string[]): Said | undefined {
  const found = databasePart.exec(name);
  const part = found?.[1]?.toUpperCase() ?? '';
  const known = variables[part];
  if (known !== undefined) return { text: known };
  if (hostName.test(name) && hosts.includes(withoutPort(value)))
    return { text: `$(DATABASE_HOST)${value === withoutPort(value) ? '' : ':$(DATABASE_PORT)'}` };
  if (!found) return undefined;
  if (part === 'SSLMODE' && /^(?:disable|allow|prefer)$/.test(value)) return { text: value };
  return { problem: 'is a part of where the database was; where it is now stands in DATABASE_URL' };
}

function withoutPort(value: string): string {
  return value.replace(/:\d+$/, '');
}
