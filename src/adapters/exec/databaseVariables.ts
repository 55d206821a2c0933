/**
 * Names of the variables by which PostgreSQL's client library, and the libraries that follow it, are told where to connect and
 * how. What a shell has set of them is about another database: a template that is filled in LATIN1, or with a search_path of
 * the caller's, would be wrong for everybody.
 */
export const databaseVariables = /^PG(?!P_|P$)[A-Z]/i;
