/** Secret in an environment's namespace with the key DATABASE_URL, as its services reach the database. */
export const databaseSecret = 'coppice-database';
