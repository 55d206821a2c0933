import type { WorktreeEntry } from '../../core/model';

/** What is shown of one part of an environment besides its services: a row of the tree, a line of its status, an item in JSON. */
export interface PartView {
  /** What the part is called in code: `database`. */
  readonly part: string;
  /** What a person calls it: `Database`. */
  readonly title: string;
  /** By what it is known outside. */
  readonly name: string;
}

/** What its namespace says: a record has names for parts that nobody asked for, too. */
export function partViews({ environment }: Pick<WorktreeEntry, 'environment'>): readonly PartView[] {
  const database = environment?.database;
  return database === undefined ? [] : [{ part: 'database', title: 'Database', name: database }];
}
