import type { DatabaseSchema, SchemaObject } from '../../../src/core/databaseSchema/databaseSchema';
import { AppError } from '../../../src/core/errors';
import { isSameOwner } from '../../../src/core/clusters/isSameOwner';
import type { Owner } from '../../../src/core/model';
import type { DatabaseSchemas, SchemaSource } from '../../../src/core/ports/databaseSchemas';

/** Schemas in memory, of environments' databases and of templates. */
export class FakeDatabaseSchemas implements DatabaseSchemas {
  readonly #databases = new Map<string, { readonly owner: Owner; readonly objects: SchemaObject[] }>();
  readonly #templates = new Map<string, { readonly repositoryId: string; readonly objects: SchemaObject[] }>();

  own(database: string, owner: Owner, objects: readonly SchemaObject[] = []): void {
    this.#databases.set(database, { owner, objects: [...objects] });
  }

  template(name: string, repositoryId: string, objects: readonly SchemaObject[] = []): void {
    this.#templates.set(name, { repositoryId, objects: [...objects] });
  }

  async read(source: SchemaSource, signal?: AbortSignal): Promise<DatabaseSchema> {
    signal?.throwIfAborted();
    if (source.kind === 'template') {
      const { name, repositoryId } = source;
      const found = this.#templates.get(name);
      if (found?.repositoryId !== repositoryId) throw new AppError('notFound', `There is no template ${name} yet.`);
      return { database: name, objects: [...found.objects] };
    }
    const { database, owner } = source;
    const found = this.#databases.get(database);
    if (!found) throw new AppError('notFound', `There is no database ${database}: the next create makes it.`);
    if (!isSameOwner(found.owner, owner))
      throw new AppError('conflict', `The database ${database} belongs to somebody else.`);
    return { database, objects: [...found.objects] };
  }
}
