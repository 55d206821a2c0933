import type { DatabaseSchema } from '../databaseSchema/databaseSchema';
import type { Owner } from '../model';

/** Of which database: an environment's, or a template by the name that its environment file gives it. */
export type SchemaSource =
  | { readonly kind: 'environment'; readonly database: string; readonly owner: Owner }
  | { readonly kind: 'template'; readonly name: string; readonly repositoryId: string };

/** What is defined in databases. */
export interface DatabaseSchemas {
  /**
   * Reads it in one transaction that can write nothing and sees one moment. Nothing that anybody wrote into the database is run. Starts
   * the server where that is ours to do. A template, into which nobody gets, is copied for it; the copy goes again.
   *
   * @throws notFound: there is no such database; conflict when it is anybody else's, or is changed just now; unreachable; timeout;
   * notConfigured: the server is too old; failed without room for a copy
   */
  read(source: SchemaSource, signal?: AbortSignal): Promise<DatabaseSchema>;
}
