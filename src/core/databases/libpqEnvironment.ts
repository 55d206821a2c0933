import { databaseEnvironment } from './databaseEnvironment';

/**
 * All variables by which a program of PostgreSQL's may be told where to connect and how, PostgreSQL 19 included. psql takes from a shell
 * what its command line leaves open: a `PGHOSTADDR` is where it goes, whatever host it is given.
 */
export const libpqVariableNames = [
  ...['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD', 'PGPASSFILE', 'PGREQUIREAUTH'],
  ...['PGCHANNELBINDING', 'PGSERVICE', 'PGSERVICEFILE', 'PGOPTIONS', 'PGAPPNAME', 'PGSSLMODE', 'PGREQUIRESSL'],
  ...['PGSSLCOMPRESSION', 'PGSSLCERT', 'PGSSLKEY', 'PGSSLCERTMODE', 'PGSSLROOTCERT', 'PGSSLCRL', 'PGSSLCRLDIR'],
  ...['PGSSLSNI', 'PGREQUIREPEER', 'PGSSLMINPROTOCOLVERSION', 'PGSSLMAXPROTOCOLVERSION', 'PGSSLNEGOTIATION'],
  ...['PGGSSENCMODE', 'PGKRBSRVNAME', 'PGGSSLIB', 'PGGSSDELEGATION', 'PGCONNECT_TIMEOUT', 'PGCLIENTENCODING'],
  ...['PGTARGETSESSIONATTRS', 'PGLOADBALANCEHOSTS', 'PGMINPROTOCOLVERSION', 'PGMAXPROTOCOLVERSION', 'PGDATESTYLE'],
  ...['PGTZ', 'PGGEQO', 'PGSYSCONFDIR', 'PGLOCALEDIR'],
];

/**
 * A database's address in the names that PostgreSQL's own programs, and libraries that follow them, look for. Commands that are given
 * them come upon no other database that a copied .env names so: whoever reads one leaves alone what is set.
 *
 * @param url as Coppice makes them; of one that is none nothing is told
 */
export function libpqEnvironment(url: string): Readonly<Record<string, string>> {
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD, DATABASE_NAME } = databaseEnvironment(url);
  const named = {
    PGHOST: DATABASE_HOST,
    PGPORT: DATABASE_PORT,
    PGUSER: DATABASE_USER,
    PGPASSWORD: DATABASE_PASSWORD,
    PGDATABASE: DATABASE_NAME,
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Which server, which database and who: what an environment file says of these otherwise leads elsewhere. */
const placeNames = new Set([
  ...['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD'],
  ...['PGPASSFILE', 'PGSERVICE', 'PGSERVICEFILE', 'PGSYSCONFDIR', 'PGLOADBALANCEHOSTS'],
]);

/** The variables by which such a program is told how to connect (`PGSSLMODE`), and not where. */
export const libpqMannerNames: readonly string[] = libpqVariableNames.filter((name) => !placeNames.has(name));
