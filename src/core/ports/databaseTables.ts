import type { Owner } from '../model';

/** A small table of bookkeeping. */
export interface WantedTable {
  /** undefined: whichever schema has it. */
  readonly schema?: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** Of a column: undefined where the table has none of that name. A time is told as its text. */
export type CellValue = string | number | boolean | null | undefined;

export type FoundTable =
  | { readonly kind: 'rows'; readonly rows: readonly Readonly<Record<string, CellValue>>[] }
  /** There is no such table. */
  | { readonly kind: 'none' }
  /** `reason`: a sentence. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What stands in a few tables of an environment's database. */
export interface DatabaseTables {
  /**
   * Reads them, in one transaction that can write nothing, and starts and runs nothing: a table that could have a program of its
   * owner's run by its reader is told as unreadable. Takes a few seconds at most.
   *
   * @returns one for each that is wanted; a text, which is a sentence, says why none of them can be told
   * @throws conflict when the database is anybody else's
   */
  read(
    request: { readonly database: string; readonly owner: Owner; readonly tables: readonly WantedTable[] },
    signal?: AbortSignal,
  ): Promise<readonly FoundTable[] | string>;
  /** The same of a template that is being built, by the address that its commands have, and with no more rights than they. */
  readBuilt(
    request: { readonly url: string; readonly tables: readonly WantedTable[] },
    signal?: AbortSignal,
  ): Promise<readonly FoundTable[] | string>;
}
