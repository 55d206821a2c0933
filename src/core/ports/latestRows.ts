/** What was written last to the tables of a database. */
export interface LatestRows {
  /**
   * Looks at rows that were written since the database was made, with the rights of the URL's role. Writes nothing. Tables that take too
   * long, the large ones at the end, and those that are locked or not to be read by the role, are told as left.
   *
   * @throws failed, denied, timeout: what the database says of it; unreachable
   */
  read(request: LatestRowsRequest, signal: AbortSignal): Promise<WrittenRows>;
}

export interface LatestRowsRequest {
  /** Holds the role's password. */
  readonly url: string;
  /** The mark of an earlier look: what was written since is new. */
  readonly since?: string | undefined;
  readonly timeoutMs: number;
  /** Of each table. */
  readonly maxRows: number;
  /** Characters; what is longer is cut. */
  readonly maxCell: number;
}

export interface WrittenRows {
  /** Those in which rows were written, that with the latest first. */
  readonly tables: readonly WrittenTable[];
  /** Tables that were not looked at. */
  readonly left: readonly string[];
  /** Of this look. */
  readonly mark: string;
}

export interface WrittenTable {
  /** With its schema unless that is `public`. */
  readonly name: string;
  readonly columns: readonly string[];
  /** What was written last comes first. */
  readonly rows: readonly WrittenRow[];
  /** There are more. */
  readonly isCut: boolean;
  /** How many were deleted, as far as the server has counted. */
  readonly deleted: number;
}

export interface WrittenRow {
  /** As the database writes them. */
  readonly cells: readonly (string | null)[];
  /** Written since the earlier look. */
  readonly isNew: boolean;
}
