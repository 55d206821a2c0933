/** Reading what a person, or an agent, asks a database. */
export interface DatabaseQueries {
  /**
   * One statement, in a transaction that can write nothing, with the rights of the URL's role; it is ended in time.
   *
   * @throws failed, denied, timeout: what the database says of it; unreachable
   */
  read(request: QueryRequest, signal: AbortSignal): Promise<QueryRows>;
}

export interface QueryRequest {
  /** Holds the role's password. */
  readonly url: string;
  readonly sql: string;
  readonly timeoutMs: number;
  /** What is more is not read. */
  readonly maxRows: number;
  readonly maxBytes: number;
}

export interface QueryRows {
  readonly columns: readonly string[];
  /** Cells as text, as the database writes it. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** There are more. */
  readonly isCut: boolean;
}
